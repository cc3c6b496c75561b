"""One sandbox serves all end-to-end tests; each test has a home of its own."""

from datetime import UTC, date, datetime

import pytest
import stamina

from phygital_funnel.sandbox.process import running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Window

AFTER_57_DAYS = datetime(2026, 11, 3, 13, tzinfo=UTC)
UNHURRIED = 1000.0
ACCOUNTS = {
    "tiktok_ads": "7012345678901234501",
    "tiktok_organic": "_0001ce23bfb6dd27a12000000000000",
    "tiktok_shop": "7495000000000000001",
    "amazon_attribution": "581234567801",
    "amazon_ads": "581234567801",
    "amazon_seller": "ATVPDKIKX0DER",
}
FIRST_57_DAYS = Window(date(2026, 9, 7), date(2026, 11, 2))


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    home = tmp_path_factory.mktemp("sandbox")
    # The tests retry at once, so a quota that all of them share would run out by chance; they order their throttles.
    with running("tiny", 7, home, now=AFTER_57_DAYS, rate_scale=UNHURRIED) as server:
        yield server


@pytest.fixture
def faults(sandbox):
    yield sandbox.fault
    sandbox.clear_faults()


@pytest.fixture
def settings(sandbox, tmp_path, monkeypatch):
    """Settings of an empty home that extracts from the sandbox."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path / "home"))
    return Settings.from_env()


@pytest.fixture(autouse=True)
def quick_retries():
    """Retry at once, and not for minutes."""
    with stamina.set_testing(True, attempts=4):
        yield
