"""One sandbox in its own process, read over HTTP by clients that nobody here wrote, and the world it serves.

Runs in an environment of its own (``make conformance``): the main one has none of the clients.
"""

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.process import RunningSandbox, running
from phygital_funnel.sandbox.world import World, generate

if importlib.util.find_spec("business_api_client") is None:
    collect_ignore_glob = ["test_*.py"]

SEED = 1
# Everything has settled by then: late refunds, the 28-day restatement, the growth of conversions.
SETTLED_AFTER = timedelta(days=56)
# An order search a day would be the true rate; faults show what a throttled client does.
RATE_SCALE = 5000.0


@pytest.fixture(scope="session")
def world() -> World:
    """The world that the sandbox serves, made again here."""
    return generate("tiny", SEED)


@pytest.fixture(scope="session")
def now(world: World) -> datetime:
    """What the sandbox's clock shows."""
    return world.size.settled_moment + SETTLED_AFTER


@pytest.fixture(scope="session")
def started(now: datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    home = tmp_path_factory.mktemp("home")
    with running("tiny", SEED, home, now, rate_scale=RATE_SCALE) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> Iterator[RunningSandbox]:
    """The running sandbox; faults that a test left over are cleared."""
    yield replace(started)
    started.clear_faults()


@pytest.fixture(scope="session")
def credentials() -> Credentials:
    """What the platforms' developer consoles would show."""
    return Credentials(SEED)


@pytest.fixture
def seller_sdk(sandbox: RunningSandbox, credentials: Credentials) -> "Iterator[Any]":
    """The API client of Amazon's own SDK, signed in."""
    from spapi import Configuration, SPAPIClient, SPAPIConfig  # the main environment may do without

    # Without a default, the SDK makes a configuration and a log handler that stays for every model.
    Configuration.set_default(Configuration())
    seller = credentials.seller
    config = SPAPIConfig(seller.client_id, seller.client_secret, seller.refresh_token, region="NA")
    oauth = f"{sandbox.base_url}/auth/o2/token"
    yield SPAPIClient(config, oauth_endpoint=oauth, endpoint=sandbox.base_url).api_client
    Configuration.set_default(None)
