"""Decisions on what stands out: recorded, replayed from their time on, and asked for by the command."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from phygital_funnel.cli import app
from phygital_funnel.errors import BuildError, ConfigError
from phygital_funnel.quality import anomalies
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import database, previous
from phygital_funnel.warehouse.build import database_path

from .conftest import NOW

SERIES = "links.clicks.rows:<b>FR</b>'; drop table raw.manifests; --"
DAY = date(2026, 10, 30)


@pytest.fixture
def build(settings: Settings) -> Path:
    """A build database whose checks found a block, a warning and a restatement."""
    path = database_path(settings)
    path.parent.mkdir(parents=True)
    with database.connect(path) as con:
        con.execute("create schema raw; create schema intermediate")
        con.execute(
            "create table intermediate.int_volumes__verdicts as select $1 as series_key, $2::date as event_date, "
            "true as is_newest, 'block' as verdict, 12::bigint as value, 300::bigint as expected_value, -8.04 as z",
            [SERIES, DAY],
        )
        con.execute(
            "insert into intermediate.int_volumes__verdicts values ('a', $1, true, 'warn', 9, 3, 4.4), "
            "('old', $1, false, 'block', 0, 3, -9), ('usual', $1, true, 'usual', 3, 3, 0)",
            [DAY],
        )
        con.execute(
            "create table intermediate.int_volumes__restated as select 'b' as series_key, "
            "date '2026-10-05' as week_start, 'warn' as verdict, "
            "110::bigint as value_now, 100::bigint as value_then, 10::bigint as moved_value"
        )
    return path


def test_what_stands_out_is_listed_blocks_first(build: Path) -> None:
    """Days of the past and days as usual are nobody's business."""
    found = anomalies.found(build)
    assert [(one.series_key, one.verdict, one.kind) for one in found] == [
        (SERIES, "block", "volume"), ("a", "warn", "volume"), ("b", "warn", "restatement"),
    ]  # fmt: skip
    assert found[0].distance == "-8.0"
    assert (found[2].first_date, found[2].last_date, found[2].distance) == (
        date(2026, 10, 5), date(2026, 10, 11), "10.0 %",
    )  # fmt: skip


def test_a_database_without_checks_is_refused(settings: Settings, tmp_path: Path) -> None:
    """Nothing found and nothing looked at must not read alike."""
    with pytest.raises(BuildError, match="Build first"):
        anomalies.found(tmp_path / "none.duckdb")
    with database.connect(tmp_path / "empty.duckdb") as con:
        con.execute("select 1")
    with pytest.raises(BuildError, match="does not hold the checks"):
        anomalies.found(tmp_path / "empty.duckdb")


def test_a_decision_counts_from_its_time_on(settings: Settings) -> None:
    """A rebuild of what was known before a decision does not know it."""
    anomalies.accept(settings, SERIES, DAY, DAY + timedelta(days=1), "a strike")
    with duckdb.connect() as con:
        con.execute("create schema raw")
        anomalies.load(con, settings, NOW - timedelta(seconds=1))
        assert con.execute("from raw.accepted_volumes").fetchall() == []
        anomalies.load(con, settings, NOW)
        anomalies.load(con, settings, NOW)
        assert con.execute("from raw.accepted_volumes").fetchall() == [(SERIES, DAY, DAY + timedelta(days=1))]
    (line,) = anomalies.path_in(settings).read_text().splitlines()
    assert json.loads(line)["reason"] == "a strike"
    assert datetime.fromisoformat(json.loads(line)["decided_at"]) == datetime(2026, 11, 3, 6, tzinfo=UTC)


def test_a_decision_needs_a_reason_and_days_in_order(settings: Settings) -> None:
    """The next person will ask."""
    with pytest.raises(ConfigError, match="reason"):
        anomalies.accept(settings, SERIES, DAY, DAY, " ")
    with pytest.raises(ConfigError, match="before they begin"):
        anomalies.accept(settings, SERIES, DAY, DAY - timedelta(days=1), "why")
    assert not anomalies.path_in(settings).exists()


def test_the_command_accepts_what_stands_out_and_nothing_else(
    build: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt series would be a decision that never counts."""
    monkeypatch.setenv("PHYGITAL_HOME", str(settings.home))
    days = ("--from", "2026-10-30", "--to", "2026-10-30", "--reason", "a strike")
    listed = CliRunner().invoke(app, ["anomalies", "list"])
    assert listed.exit_code == 0
    assert SERIES in listed.output
    refused = CliRunner().invoke(app, ["anomalies", "accept", "unknown", *days])
    assert refused.exit_code != 0
    assert not anomalies.path_in(settings).exists()
    accepted = CliRunner().invoke(app, ["anomalies", "accept", SERIES, *days])
    assert accepted.exit_code == 0, accepted.output
    assert json.loads(anomalies.path_in(settings).read_text())["series_key"] == SERIES


@pytest.mark.parametrize("has_volumes", [True, False])
def test_figures_of_the_release_before_are_copied_where_it_has_them(*, has_volumes: bool) -> None:
    """A release of an earlier version has no volumes, and the build goes on without comparing."""
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as previous; create schema raw")
        previous.prepare(con)
        con.execute("create table previous.fct_order_lines as from raw.previous_lines")
        con.execute(
            "create table previous.fct_attribution_credit_wide as select conversion_id, recipient_key, channel, "
            "evidence, before_micro as headline_before_micro, credit_micro as m_credit_micro, "
            "amount_minor as m_amount_minor, "
            "amount_reporting_minor as m_amount_reporting_minor from raw.previous_credit"
        )
        if has_volumes:
            con.execute(
                "create table previous.mart_volume_daily as select *, true as is_read from raw.previous_volumes"
            )
            con.execute(
                "insert into previous.mart_volume_daily by name select 'k' as series_key, 3 as value, true as is_read "
                "union all by name select 'unread' as series_key, 0 as value, false as is_read"
            )
        previous.copy(con, "run", "2026-11-01T00:00:00+00:00", "m")
        copied = con.execute("select series_key, value from raw.previous_volumes").fetchall()
    assert copied == ([("k", 3)] if has_volumes else [])
