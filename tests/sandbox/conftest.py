"""One tiny world for the suite, and its servers in this process at a time of the test's choosing."""

import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phygital_funnel.sandbox.api.app import sandbox_app
from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.control import Control
from phygital_funnel.sandbox.api.credentials import Client, Credentials
from phygital_funnel.sandbox.api.limits import Limit, Throttle
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tokens import Tokens
from phygital_funnel.sandbox.world import World, generate

with warnings.catch_warnings():
    # It would rather have a package that nothing else here needs.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

SEED = 1
OPEN = Limit(1e9, 10**9)
BASE_URL = "http://sandbox.invalid"


class Ticker:
    """Real time that only a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Servers:
    """The servers of a sandbox, called without a network."""

    sandbox: Sandbox
    api: TestClient
    control: TestClient
    ticker: Ticker

    def at(self, moment: str) -> "Servers":
        """The same servers at a later time (ISO 8601, UTC)."""
        assert self.sandbox.clock.advance(datetime.fromisoformat(moment).replace(tzinfo=UTC))
        return self

    def tiktok_headers(self) -> dict[str, str]:
        return {"Access-Token": self.sandbox.credentials.marketing.access_token}

    def token(self, client: Client) -> str:
        answer = self.api.post("/auth/o2/token", data={"grant_type": "refresh_token", **vars(client)})
        return str(answer.json()["access_token"])

    def ads_headers(self, profile_id: str = "581234567801") -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token(self.sandbox.credentials.attribution)}",
            "Amazon-Advertising-API-ClientId": self.sandbox.credentials.attribution.client_id,
            "Amazon-Advertising-API-Scope": profile_id,
        }

    def seller_headers(self) -> dict[str, str]:
        return {"x-amz-access-token": self.token(self.sandbox.credentials.seller)}


@pytest.fixture(scope="session")
def tiny() -> World:
    return generate("tiny", SEED)


@pytest.fixture
def serve_at(tiny: World, tmp_path: Path) -> Callable[..., Servers]:
    """Servers whose clock shows a time, without throttling and dirt unless asked for."""

    def build(moment: str, *, is_throttled: bool = False, dirt: Collection[str] = (), world: World = tiny) -> Servers:
        ticker = Ticker()
        throttle = Throttle(monotonic=ticker)
        if not is_throttled:
            throttle.limits = dict.fromkeys(throttle.limits, OPEN)
        clock = SandboxClock(tmp_path / "clock", datetime.fromisoformat(moment).replace(tzinfo=UTC))
        credentials = Credentials(SEED)
        tokens = Tokens(credentials.amazon_clients, monotonic=ticker)
        knobs = frozenset(dirt)
        sandbox = Sandbox(world, clock, BASE_URL, credentials, tokens, throttle, dirt=knobs, monotonic=ticker)
        return Servers(sandbox, TestClient(sandbox_app(sandbox)), TestClient(Control(sandbox, {}).app()), ticker)

    return build
