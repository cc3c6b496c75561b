"""One tiny world for the suite, and its servers in this process at a time of the test's choosing."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phygital_funnel.sandbox.api.app import (
    ADS_SOURCE,
    SELLER_SOURCE,
    TIKTOK_SOURCE,
    amazon_client,
    platform_app,
    secret,
)
from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.control import Control
from phygital_funnel.sandbox.api.faults import FaultBook, FaultyServer
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
        return {"Access-Token": secret(TIKTOK_SOURCE, SEED)}

    def token(self, source: str) -> str:
        client = amazon_client(source, SEED)
        answer = self.api.post("/auth/o2/token", data={"grant_type": "refresh_token", **vars(client)})
        return str(answer.json()["access_token"])

    def ads_headers(self, profile_id: str = "581234567801") -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token(ADS_SOURCE)}",
            "Amazon-Advertising-API-ClientId": amazon_client(ADS_SOURCE, SEED).client_id,
            "Amazon-Advertising-API-Scope": profile_id,
        }

    def seller_headers(self) -> dict[str, str]:
        return {"x-amz-access-token": self.token(SELLER_SOURCE)}


@pytest.fixture(scope="session")
def tiny() -> World:
    return generate("tiny", SEED)


@pytest.fixture
def serve_at(tiny: World, tmp_path: Path) -> Callable[..., Servers]:
    """Servers whose clock shows a time, without throttling unless asked for."""

    def build(moment: str, *, is_throttled: bool = False) -> Servers:
        ticker = Ticker()
        clients = [amazon_client(source, SEED) for source in (ADS_SOURCE, SELLER_SOURCE)]
        throttle = Throttle(monotonic=ticker)
        if not is_throttled:
            throttle.limits = dict.fromkeys(throttle.limits, OPEN)
        clock = SandboxClock(tmp_path / "clock", datetime.fromisoformat(moment).replace(tzinfo=UTC))
        tokens = Tokens({client.client_id: client for client in clients}, monotonic=ticker)
        sandbox = Sandbox(tiny, clock, BASE_URL, secret(TIKTOK_SOURCE, SEED), tokens, throttle)
        book = FaultBook()
        api = FaultyServer(platform_app(sandbox, monotonic=ticker), sandbox, book)
        return Servers(sandbox, TestClient(api), TestClient(Control(clock, book, {}).app()), ticker)

    return build
