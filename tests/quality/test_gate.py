"""The gate as a build calls it: results on disk, blocking, broken suites, missing tables, hostile text, file locks."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from phygital_funnel import quality
from phygital_funnel.errors import BuildError, ConfigError, QualityGateFailed
from phygital_funnel.quality.suites import find_suites, read_suite
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import database

Broken = Callable[..., Path]
META = {
    "id": "M21",
    "name": "amounts_are_positive",
    "action": "block",
    "bound": "invariant: no row",
    "reason": "because",
    "owner": "someone",
}
SUITE = {
    "name": "marts/orders",
    "meta": {"schema": "main"},
    "expectations": [
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": ["select note", "from {batch}", "where amount < 0"]},
            "severity": "critical",
            "meta": META,
        }
    ],
}


@pytest.fixture
def project(tmp_path: Path, settings: Settings) -> Callable[[object], Settings]:
    """Settings of a project whose stage ``marts`` has one suite, ``orders``, as given."""

    def make(document: object) -> Settings:
        folder = tmp_path / "project" / "expectations" / "marts"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "orders.json").write_text(document if isinstance(document, str) else json.dumps(document))
        return replace(settings, project_dir=tmp_path / "project")

    return make


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.duckdb"
    with database.connect(path) as connection:
        connection.execute("create table orders as select -1 as amount, 'a note' as note from range(8)")
    return path


def with_expectation(**changes: object) -> dict[str, object]:
    return {**SUITE, "expectations": [{**SUITE["expectations"][0], **changes}]}


@pytest.mark.parametrize("stage", quality.STAGES)
def test_an_empty_home_passes_every_gate(stage: str, settings: Settings, empty_home: Callable[[str], Path]) -> None:
    """No rows are no fault: a home without a source yet, or with events only, can be published."""
    result = quality.evaluate(replace(settings, sources={}), stage, empty_home(stage), run_id="run")
    assert [check for check in result.checks if not check.success] == []


def test_checks_of_a_source_apply_only_while_it_is_configured(
    settings: Settings, empty_home: Callable[[str], Path]
) -> None:
    """Freshness of a source that nobody connected would be a warning for ever."""
    fresh = {
        "amazon_ads_is_fresh",
        "amazon_attribution_is_fresh",
        "amazon_seller_is_fresh",
        "tiktok_ads_is_fresh",
        "tiktok_organic_is_fresh",
        "tiktok_shop_is_fresh",
    }
    connected = quality.evaluate(settings, "landing", empty_home("landing"), run_id="run")
    assert {check.expectation for check in connected.checks if not check.success} == fresh
    assert connected.passed
    alone = quality.evaluate(replace(settings, sources={}), "landing", empty_home("landing"), run_id="run")
    assert not fresh & {check.expectation for check in alone.checks}


def test_a_failed_critical_check_stops_the_run_and_is_on_disk(settings: Settings, broken: Broken) -> None:
    """The reason of a stop has to outlive the run."""
    statement = "update staging.stg_tiktok_ads__ad_report_daily set spend_minor = -1"
    result = quality.evaluate(settings, "staging", broken("staging", statement), run_id="run-1")
    with pytest.raises(QualityGateFailed, match="stg_tiktok_ads__ad_report_daily: spend_is_not_negative") as stopped:
        quality.enforce(result)
    assert "2 unexpected rows" in str(stopped.value)
    kept = json.loads((settings.home / "state" / "quality" / "run-1" / "staging.json").read_text())
    assert kept == result.as_dict()
    assert (kept["stage"], kept["run_id"], kept["passed"], kept["failed"]) == ("staging", "run-1", False, 1)
    assert kept["evaluated_at"] == "2026-11-03T06:00:00+00:00"
    assert [path.name for path in (settings.home / "state" / "quality" / "run-1").iterdir()] == ["staging.json"]


def test_a_warning_is_reported_and_does_not_stop(settings: Settings, broken: Broken) -> None:
    """A late report is worth a look, not a stop."""
    late = broken("staging", "update staging.stg_links__clicks set clicked_at = '2056-01-01'")
    result = quality.evaluate(settings, "staging", late, run_id="run")
    assert [(check.expectation, check.severity) for check in result.checks if not check.success] == [
        ("clicks_are_plausible_in_time", "warning")
    ]
    quality.enforce(result)


def test_a_missing_table_is_one_failed_critical_check(settings: Settings, broken: Broken) -> None:
    """A table that was not built is said by its name, not by a traceback."""
    result = quality.evaluate(settings, "published", broken("published", "drop table dim_ads"), run_id="run")
    assert [(check.suite, check.expectation, check.observed) for check in result.critical_failures] == [
        ("published/dim_ads", "table_exists", "main.dim_ads is not in the database")
    ]


def test_a_check_that_cannot_run_blocks_and_leaves_the_others_alone(
    project: Callable[[object], Settings], orders: Path
) -> None:
    """A check that silently could not run would be a hole; an error at run time must not spoil the next check."""
    broken_check = {
        **SUITE["expectations"][0],
        "kwargs": {"unexpected_rows_query": "select note from {batch} where cast(note as int) = 1"},
        "severity": "warning",
        "meta": {**META, "name": "a_query_that_fails", "action": "warn"},
    }
    document = {**SUITE, "expectations": [broken_check, SUITE["expectations"][0]]}
    failed, counted = quality.evaluate(project(document), "marts", orders, run_id="run").checks
    assert (failed.success, failed.severity) == (False, "critical")
    assert failed.observed.startswith("not evaluated: ")
    assert (counted.observed, counted.unexpected_count, len(counted.sample)) == (8, 8, 5)


def test_hostile_text_survives_as_json(project: Callable[[object], Settings], orders: Path) -> None:
    """Names and notes come from strangers: braces, quotes, controls, and a megabyte of them."""
    hostile = "{batch} $x %s \x00\x1b[31m \"'; drop table orders; -- \u202e😀"
    with database.connect(orders) as connection:
        connection.execute("delete from orders")
        connection.execute("insert into orders values (-1, ?), (-1, ?)", [hostile, "x" * 1_000_000])
    result = quality.evaluate(project(SUITE), "marts", orders, run_id="run")
    text = quality.results_path(project(SUITE), "run", "marts").read_text()
    assert "\x1b" not in text
    notes = [row["note"] for row in json.loads(text)["checks"][0]["sample"]]
    assert notes[0] == hostile
    assert len(notes[1]) == 200
    assert "drop table" not in result.critical_failures[0].sentence


def test_a_value_that_json_cannot_hold_becomes_text(project: Callable[[object], Settings], orders: Path) -> None:
    """NaN is no JSON; a reader that is strict would refuse the whole file."""
    with database.connect(orders) as connection:
        connection.execute("create or replace table orders as select 'nan'::double as note, -1 as amount")
    check = quality.evaluate(project(SUITE), "marts", orders, run_id="run").checks[0]
    assert check.sample == ({"note": "nan"},)


@pytest.mark.parametrize(
    ("document", "defect"),
    [
        ("{", "not readable JSON"),
        ([], "the suite is not an object"),
        ({**SUITE, "name": "marts/other"}, "its path says 'marts/orders'"),
        ({**SUITE, "meta": {}}, "meta.schema"),
        ({**SUITE, "meta": {"schema": "main; drop"}}, "meta.schema"),
        ({**SUITE, "expectations": []}, "no expectations"),
        ({**SUITE, "expectations": SUITE["expectations"] * 2}, "used twice"),
        (with_expectation(severity="grave"), "severity 'grave'"),
        (with_expectation(severity=None), "severity None"),
        (with_expectation(severity="warning"), "use severity critical"),
        (with_expectation(meta={**META, "action": "warn"}), "use severity warning or info"),
        (with_expectation(meta={**META, "action": "shrug"}), "meta.action 'shrug'"),
        (with_expectation(meta={**META, "id": "X1"}), "meta.id 'X1'"),
        (with_expectation(meta={**META, "bound": "17"}), "meta.bound '17'"),
        (with_expectation(meta={**META, "reason": None}), "no meta.reason"),
        (with_expectation(meta={**META, "shortcut": 7}), "meta.shortcut"),
        (with_expectation(meta={**META, "owner": " "}), "no meta.owner"),
        (with_expectation(meta={**META, "name": None}), "meta.name"),
        (with_expectation(kwargs={"unexpected_rows_query": "select note from orders"}), "{batch}"),
        (with_expectation(kwargs={"unexpected_rows_query": "select '{' from {batch}"}), "braces"),
        (with_expectation(kwargs={}), "no unexpected_rows_query"),
        (with_expectation(type="expect_the_unexpected", kwargs={}), "refuses 'amounts_are_positive'"),
        (with_expectation(type="expect_column_values_to_not_be_null", kwargs={}), "refuses 'amounts_are_positive'"),
    ],
)
def test_a_broken_suite_is_refused_by_name(
    document: object, defect: str, project: Callable[[object], Settings], orders: Path
) -> None:
    """Whoever edits a suite learns which file and what about it."""
    with pytest.raises(ConfigError, match="orders") as refused:
        quality.evaluate(project(document), "marts", orders, run_id="run")
    assert defect in str(refused.value)


def test_a_stage_without_suites_is_refused(project: Callable[[object], Settings], orders: Path) -> None:
    """A gate that finds nothing to check must not pass."""
    with pytest.raises(ConfigError, match="holds no suites"):
        quality.evaluate(project(SUITE), "staging", orders, run_id="run")
    with pytest.raises(ConfigError, match="not a stage"):
        find_suites(project(SUITE).project_dir, "lunch")


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", ".hidden"])
def test_a_run_id_cannot_leave_the_results_folder(run_id: str, settings: Settings, orders: Path) -> None:
    """The run id becomes a folder's name."""
    with pytest.raises(ConfigError, match="cannot name a run"):
        quality.evaluate(settings, "marts", orders, run_id=run_id)


def test_a_missing_or_foreign_file_is_refused(project: Callable[[object], Settings], tmp_path: Path) -> None:
    """A gate on nothing says so before Great Expectations is even imported."""
    with pytest.raises(BuildError, match="no database to check"):
        quality.evaluate(project(SUITE), "marts", tmp_path / "none.duckdb", run_id="run")
    (tmp_path / "text.duckdb").write_text("not a database " * 500)
    with pytest.raises(BuildError, match="cannot open"):
        quality.evaluate(project(SUITE), "marts", tmp_path / "text.duckdb", run_id="run")


@pytest.mark.parametrize("read_only", [True, False])
def test_the_file_is_free_after_the_gate(
    project: Callable[[object], Settings], orders: Path, *, read_only: bool
) -> None:
    """The next phase opens it to write, and another process may want it too."""
    quality.evaluate(project(SUITE), "marts", orders, run_id="run", read_only=read_only)
    script = f"import duckdb; duckdb.connect({str(orders)!r}).execute('create table free (i int)')"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


@pytest.mark.parametrize("held_read_only", [True, False])
@pytest.mark.parametrize("read_only", [True, False])
def test_the_gate_shares_the_file_with_its_own_process(
    project: Callable[[object], Settings], orders: Path, *, held_read_only: bool, read_only: bool
) -> None:
    """Whichever way the process holds the file already, the gate opens it the same way."""
    with database.connect(orders, read_only=held_read_only):
        result = quality.evaluate(project(SUITE), "marts", orders, run_id="run", read_only=read_only)
    assert result.checks[0].unexpected_count == 8


def test_another_configuration_is_refused_with_what_to_do(project: Callable[[object], Settings], orders: Path) -> None:
    """DuckDB allows one configuration per file and process."""
    with duckdb.connect(orders), pytest.raises(BuildError, match="Close what else holds it"):
        quality.evaluate(project(SUITE), "marts", orders, run_id="run")


def test_importing_the_package_does_not_import_great_expectations() -> None:
    """Its import takes seconds, which every command and every DAG would pay."""
    script = "import sys, phygital_funnel.quality; sys.exit('great_expectations' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_lines_of_a_query_are_joined(tmp_path: Path) -> None:
    """Queries are lists of lines, so that the files can be read and compared."""
    path = tmp_path / "marts" / "orders.json"
    path.parent.mkdir()
    path.write_text(json.dumps(SUITE))
    assert read_suite(path).checks[0].kwargs["unexpected_rows_query"] == "select note\nfrom {batch}\nwhere amount < 0"
