"""Every expectation of every suite passes on valid data and fails on the fault named for it, alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from phygital_funnel import clock, quality
from phygital_funnel.quality.engine import Engine
from phygital_funnel.quality.gate import evaluate_suite
from phygital_funnel.quality.results import CheckResult
from phygital_funnel.quality.suites import Check, Suite, find_suites, read_views
from phygital_funnel.settings import Settings

PROJECT = Path(__file__).parents[2]
SUITES = [suite for stage in quality.STAGES for suite in find_suites(PROJECT, stage)]
EVERY_SUITE = pytest.mark.parametrize("suite", [pytest.param(suite, id=suite.name) for suite in SUITES])
CHECKS = [(suite, check) for suite in SUITES for check in suite.checks]
EVERY_CHECK = pytest.mark.parametrize(
    ("suite", "check"), [pytest.param(suite, check, id=f"{suite.name}-{check.name}") for suite, check in CHECKS]
)
# Columns that can hold a person, or whatever a stranger wrote; no sample may show them.
PERSONAL = {
    "_extra", "payload", "visitor_id", "person_hash", "journey_key", "order_id", "amazon_order_id", "merchant_order_id",
    "purchase_order_number", "ship_city", "ship_state", "ship_postal_code", "ttclid", "handle", "product_name",
}  # fmt: skip
FaultsOf = Callable[[str, str], dict[str, tuple[str, str]]]


def run(database: Path, suite: Suite) -> list[CheckResult]:
    with Engine(database, variables={"evaluated_at": clock.now()}, views=read_views(PROJECT, suite.stage)) as engine:
        return evaluate_suite(engine, suite)


@pytest.mark.parametrize("stage", quality.STAGES)
def test_a_valid_world_passes_every_check(stage: str, settings: Settings, worlds: dict[str, Path]) -> None:
    """A check that fails on sane data would teach people to ignore the gate."""
    result = quality.evaluate(settings, stage, worlds[stage], run_id="run")
    assert len(result.checks) == sum(len(suite.checks) for suite in SUITES if suite.stage == stage)
    assert [check for check in result.checks if not check.success] == []


@EVERY_CHECK
def test_each_check_alone_notices_its_fault(
    suite: Suite, check: Check, broken: Callable[..., Path], faults_of: FaultsOf
) -> None:
    """A check without a fault that it catches is a check nobody has seen fail."""
    faults = faults_of(suite.stage, suite.table)
    assert check.name in faults, f"tests/quality/faults/{suite.name}.sql has no fault for {check.name}"
    fault, sql = faults[check.name]
    failed = {result.expectation: result for result in run(broken(suite.stage, sql), suite) if not result.success}
    assert set(failed) == {check.name}, fault
    sample = failed[check.name].sample
    assert "not evaluated" not in str(failed[check.name].observed)
    assert 1 <= len(sample) <= 5
    assert not PERSONAL & {column for row in sample for column in row}


@EVERY_SUITE
def test_faults_name_checks_that_exist(suite: Suite, faults_of: FaultsOf) -> None:
    """A fault left behind by a renamed check would look like cover and be none."""
    # Two lines of an order may be of one product, so one of the faults that all streams share is none there.
    is_keyless = suite.table in ("amazon_seller__order_lines", "tiktok_shop__affiliate_orders")
    keyless = {"keys_are_unique_in_an_extraction"} if is_keyless else set()
    assert set(faults_of(suite.stage, suite.table)) - {check.name for check in suite.checks} <= keyless


@pytest.mark.parametrize("stage", quality.STAGES)
def test_every_stage_can_block(stage: str) -> None:
    """A gate without critical checks is a notice, not a gate."""
    critical = [check for suite, check in CHECKS if suite.stage == stage and check.severity == "critical"]
    assert len(critical) >= 3
    assert all(len(check.reason.split()) >= 6 for check in critical)


def test_the_hour_in_which_clocks_go_back_may_come_twice(broken: Callable[..., Path]) -> None:
    """A clean day in October must not look like a page that was sent twice; three times is still too often."""
    suite = next(suite for suite in SUITES if suite.name == "landing/tiktok_ads__ad_report_hourly")
    twice = """
        update incoming.tiktok_ads__advertisers set advertiser_id = '1', display_timezone = 'Europe/London';
        update incoming.tiktok_ads__ad_report_hourly
        set advertiser_id = '1', ad_id = '1', stat_time_hour = '2026-10-25 0' || {hours} || ':00:00'
    """
    for hours, expected in (("if(_row < 2, 1, _row)", True), ("1", False), ("if(_row < 2, 3, _row)", False)):
        results = run(broken("landing", twice.format(hours=hours)), suite)
        assert {one.success for one in results if one.expectation == "keys_are_unique_in_an_extraction"} == {expected}
