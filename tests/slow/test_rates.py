"""Several extractors at once stay below the platforms' rates, as the sandbox itself counts them."""

import pytest

from phygital_funnel.sandbox.process import running

from .conftest import AFTER_57_DAYS, start, variables

SCALE = 4.0
ACCOUNTS = {
    "tiktok_ads": ("7012345678901234501", "7012345678901234502", "7012345678901234503"),
    "amazon_attribution": ("581234567801", "581234567802"),
    "amazon_seller": ("ATVPDKIKX0DER", "A1F83G8C2ARO7P"),
}
STREAMS = {"tiktok_ads": "ad_report_hourly", "amazon_attribution": "performance", "amazon_seller": "sales_and_traffic"}
FIRST = {"tiktok_ads": "2026-10-10", "amazon_attribution": "2026-11-01", "amazon_seller": "2026-10-26"}


@pytest.fixture
def hurried(tmp_path_factory):
    """A sandbox four times as fast as the platforms, so that limits are met within seconds."""
    with running("tiny", 7, tmp_path_factory.mktemp("hurried"), now=AFTER_57_DAYS, rate_scale=SCALE) as sandbox:
        yield sandbox


@pytest.mark.parametrize("source", list(ACCOUNTS))
def test_processes_together_stay_below_the_rate(hurried, tmp_path, source):
    environment = variables(hurried, tmp_path / "home")
    days = ("--from", FIRST[source], "--to", "2026-11-02")
    processes = [
        start(environment, "extract", source, *days, "--account", account, "--stream", STREAMS[source])
        for account in ACCOUNTS[source]
    ]

    said = [process.communicate(timeout=300)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * len(processes), said
    used = [use for use in hurried.counters()["operations"] if use["requests"]]
    assert used
    for use in used:
        assert use["refused"] == 0, use
        allowed = use["allowed_burst"] + use["allowed_rate"] * max(use["seconds"], 0.0)
        assert use["admitted"] <= allowed, use
