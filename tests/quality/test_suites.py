"""Every expectation of every suite passes on valid data and fails on the fault named for it, alone."""

import re
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
    # Lines of an order have no key of their own, so one of the faults that all streams share is none there.
    keyless = {"keys_are_unique_in_an_extraction"} if suite.table == "amazon_seller__order_lines" else set()
    assert set(faults_of(suite.stage, suite.table)) - {check.name for check in suite.checks} <= keyless


@pytest.mark.parametrize("stage", quality.STAGES)
def test_every_stage_can_block(stage: str) -> None:
    """A gate without critical checks is a notice, not a gate."""
    critical = [check for suite, check in CHECKS if suite.stage == stage and check.severity == "critical"]
    assert len(critical) >= 3
    assert all(len(check.reason.split()) >= 6 for check in critical)


def test_the_page_lists_every_check_and_no_other() -> None:
    """docs/quality.md is what a person reads who was stopped by a check."""
    listed = set(re.findall(r"^\| (`\w+`|\*every \w+\*) \| (.+) \|$", (PROJECT / "docs/quality.md").read_text(), re.M))
    told = {cells for _, cells in listed}
    by_table = {(table.strip("`"), cells) for table, cells in listed if table.startswith("`")}
    declared = {(suite.table, _cells(check)) for suite, check in CHECKS}
    gates = {(stage, cells) for stage, cells in by_table if stage in quality.STAGES}
    assert {cells for _, cells in declared} == told - {cells for _, cells in gates}
    assert by_table - gates <= declared


def _cells(check: Check) -> str:
    return f"{check.name.replace('_', ' ')} | {check.severity} | {check.reason} | {check.owner}"
