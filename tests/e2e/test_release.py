"""From files of events to a published release: what readers get, and what a failure leaves them."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

import duckdb
import pytest

from phygital_funnel import pipeline, state
from phygital_funnel.errors import HomeBusy, ReleaseError
from phygital_funnel.settings import ATTRIBUTION_MODELS, Settings
from phygital_funnel.sources.events.streams import CONVERSIONS, TOUCHPOINTS
from phygital_funnel.status import read_status
from phygital_funnel.warehouse.bridge import bridge
from phygital_funnel.warehouse.build import build, database_path
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.query import query
from phygital_funnel.warehouse.release import current, last_build, publish, resolve_current, rollback

TOUCHES = """touchpoint_id,journey_key,occurred_at,touch_type,channel,creator_id
t1,j1,2026-10-01T10:00:00Z,click,tiktok_ads,
t2,j1,2026-10-02T10:00:00Z,click,tiktok_creators,<script>alert(1)</script>
t3,j2,2026-10-02T10:00:00Z,click,tiktok_ads,
bad line
"""
SALES = """conversion_id,journey_key,converted_at,net_amount_minor,currency
c1,j1,2026-10-03T10:00:00Z,1001,USD
c2,nobody,2026-10-03T10:00:00Z,-500,USD
c3,j2,2026-10-03T10:00:00Z,0,EUR
c4,j1,2026-10-04T10:00:00Z,7,USD
c5,j1,2026-10-04T10:00:00Z,7,XXQ
"""
LATER_SALES = """conversion_id,journey_key,converted_at,net_amount_minor,currency
c1,j1,2026-10-03T10:00:00Z,900,USD
c6,j2,2026-10-05T10:00:00Z,333,USD
"""


def load(settings, folder, name, content, stream):
    path = folder / name
    path.write_text(content)
    return pipeline.load_files(settings, {stream: str(path)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of events, built and published twice; the second release knows of a restated and a new conversion."""
    folder = tmp_path_factory.mktemp("events")
    patch = pytest.MonkeyPatch()
    patch.setenv("PHYGITAL_HOME", str(folder / "home"))
    clock = folder / "clock"
    patch.setenv("PHYGITAL_CLOCK", f"file:{clock}")
    settings = Settings.from_env()
    clock.write_text("2026-10-10T00:00:00+00:00")
    load(settings, folder, "touches.csv", TOUCHES, TOUCHPOINTS)
    load(settings, folder, "sales.csv", SALES, CONVERSIONS)
    first = pipeline.build_and_publish(settings)
    clock.write_text("2026-10-11T00:00:00+00:00")
    load(settings, folder, "later.csv", LATER_SALES, CONVERSIONS)
    second = pipeline.build_and_publish(settings)
    yield settings, first, second
    patch.undo()


def test_every_model_credits_every_conversion_once_and_all_of_its_money(home):
    settings, _, _ = home

    _, rows = query(
        settings,
        "select attribution_model, sum(credit_micro), sum(attributed_amount_minor) "
        "from fct_attribution_credit group by 1",
    )

    assert {row[0] for row in rows} == set(ATTRIBUTION_MODELS)
    assert {row[1:] for row in rows} == {(5 * 1_000_000, 900 - 500 + 0 + 7 + 333)}


def test_a_restated_conversion_has_its_newest_amount_and_an_adjustment_for_the_difference(home):
    settings, _, _ = home

    _, rows = query(
        settings,
        "select a.amount_minor from fct_order_adjustments a join fct_order_lines l using (conversion_id) "
        "where l.order_id = 'c1' order by a.known_commit",
    )

    assert [amount for (amount,) in rows] == [1001, -101]


def test_the_log_of_dbt_says_how_each_model_went_and_no_more(home):
    settings, _, _ = home

    lines = (settings.home / "logs" / "dbt" / "dbt.log").read_text().splitlines()

    assert sum("OK created sql table model ledgers.fct_order_lines" in line for line in lines) == 2
    assert sum("Completed successfully" in line for line in lines) >= 4
    assert not any("debug" in line.lower() for line in lines)


def test_rejected_rows_are_counted_by_rule(home):
    settings, _, _ = home

    assert set(read_status(settings).quarantine) == {
        ("quarantine_events__conversions", "unknown_currency", 1),
        ("quarantine_events__touchpoints", "malformed", 1),
    }


def test_a_release_holds_database_parquet_page_and_manifest_that_agree(home):
    settings, _, release = home

    manifest = json.loads((release.path / "manifest.json").read_text())
    parquet = duckdb.sql(f"select count(*) from '{release.path}/parquet/fct_attribution_credit.parquet'").fetchall()
    _, table = query(settings, "select count(*) from fct_attribution_credit")

    assert resolve_current(settings) == release.path
    assert manifest["run_id"] == release.run_id
    assert manifest["commits"] == {"events__touchpoints": 0, "events__conversions": 1}
    assert list(manifest["gates"]) == ["landing", "staging", "marts", "published"]
    assert manifest["settings"]["attribution"]["click_window_days"] == 14
    assert parquet == table
    assert "<script>alert" not in release.page.read_text()


def test_the_database_says_what_its_relations_and_columns_mean(home):
    """The build has the comments from dbt; a copy of the rows alone would lose them."""
    _, _, release = home

    with connect(release.database, read_only=True) as con:
        silent = con.execute(
            "select table_name, column_name from duckdb_columns() "
            "where database_name = current_database() and not internal and comment is null "
            "union all select table_name, null from duckdb_tables() where not internal and comment is null "
            "union all select view_name, null from duckdb_views() where not internal and comment is null"
        ).fetchall()
        said = con.execute(
            "select comment from duckdb_columns() where table_name = 'fct_order_lines' and column_name = 'order_id'"
        ).fetchall()

    assert silent == []
    assert "order" in said[0][0].lower()


def test_the_database_is_written_in_the_storage_version_older_readers_know(home):
    _, _, release = home

    with release.database.open("rb") as file:
        header = file.read(24)
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64  # v1.0.0; the default of DuckDB 2 is above


def test_a_release_tells_how_every_check_stood_that_let_it_pass(home):
    """The results of its own last gate too, although that gate looked at it before they were in it."""
    settings, first, second = home
    told = "select stage, run_id, count(*), count(*) filter (where not is_passed and severity = 'critical') "

    _, status = query(settings, f"{told} from mart_data_quality_status group by 1, 2 order by 1, 2")
    _, known = query(settings, "select distinct run_id, stage from mart_data_quality_history")
    evaluated = {stage: gate["evaluated"] for stage, gate in second.manifest()["gates"].items()}
    parquet = duckdb.sql(f"from '{second.path}/parquet/mart_data_quality_status.parquet'").fetchall()

    assert [row for row in status if row[3]] == []
    assert {stage: count for stage, run_id, count, _ in status if run_id == second.run_id} == evaluated
    # Nothing new had come for the first release's touchpoints: they stand as they were let in.
    assert {stage for stage, run_id, _, _ in status if run_id == first.run_id} == {"landing"}
    assert set(known) == {(run.run_id, stage) for run in (first, second) for stage in evaluated}
    assert len(parquet) == sum(row[2] for row in status)


def test_a_release_tells_how_fresh_each_stream_was(home):
    settings, _, _ = home

    _, rows = query(
        settings,
        "select stream, freshness_state, age_minutes, target_minutes, newest_rows from mart_data_freshness "
        "where newest_extraction_at is not null order by 1",
    )

    assert rows == [("conversions", "fresh", 0, 3 * 24 * 60, 2), ("touchpoints", "fresh", 24 * 60, 3 * 24 * 60, 4)]


def test_a_build_leaves_a_page_of_all_its_checks(home):
    settings, _, second = home

    page = (settings.home / "state" / "quality" / "index.html").read_text()

    assert second.run_id in page
    assert "Published: passed" in " ".join(page.split())


def test_nothing_of_the_machine_is_in_the_manifest(home):
    settings, _, release = home

    assert str(settings.home) not in (release.path / "manifest.json").read_text()


@pytest.mark.parametrize(
    "statement",
    [
        "delete from fct_order_lines",
        "create table mine as select 1",
        "copy fct_order_lines to 'stolen.csv'",
        "select * from read_csv('/etc/hostname')",
        "attach 'other.duckdb'",
        "not even sql",
    ],
)
def test_a_query_can_neither_write_nor_reach_another_file(home, statement):
    settings, _, _ = home

    with pytest.raises(ReleaseError, match="refused"):
        query(settings, statement)


@pytest.mark.parametrize("by", [pytest.param("moment", marks=pytest.mark.slow), "run id"])
def test_a_past_state_of_knowledge_is_rebuilt_table_for_table(home, by):
    settings, first, _ = home
    moment = datetime.fromisoformat("2026-10-10T12:00:00+00:00")

    rebuilt = build(settings, as_of=moment if by == "moment" else first.run_id)

    then, again = tables(first.database), tables(rebuilt.database)
    assert rebuilt.database != database_path(settings)
    # What the gates found is told of runs, and a rebuild is a run of its own.
    own = {"mart_data_quality_status", "mart_data_quality_history"}
    # A moment between two releases has a time of its own, and sees the release before it.
    own |= {"mart_restatement_bridge", "mart_data_freshness"} if by == "moment" else set()
    assert set(then) <= set(again)
    assert [name for name in then if then[name] != again[name] and name not in own] == []


def test_the_way_from_one_release_to_the_next_says_what_came_in_between(home):
    """A conversion for 1001 that became one for 900, and a new one for 333; the weights are as they were."""
    settings, first, second = home

    names, rows = bridge(settings, first.run_id, second.run_id)

    assert names == [
        "metric", "currency", "channel", "evidence",
        "value_before", "value_after", "data_change", "weights_change", "calibration_change",
    ]  # fmt: skip
    assert [row[1:] for row in rows if row[0] == "attributed_amount_minor"] == [
        ("EUR", "tiktok_ads", "event", 0, 0, 0, 0, 0),
        ("EUR", None, "unattributed", 0, 0, 0, 0, 0),  # there for amazon_14d_last_click, which credits none of these
        ("USD", "tiktok_ads", "event", 0, 333, 333, 0, 0),
        ("USD", "tiktok_creators", "event", 1008, 907, -101, 0, 0),
        ("USD", None, "unattributed", -500, -500, 0, 0, 0),
    ]
    assert [row[1:] for row in rows if row[0] == "credit_micro"] == [
        ("EUR", "tiktok_ads", "event", 1_000_000, 1_000_000, 0, 0, 0),
        ("EUR", None, "unattributed", 0, 0, 0, 0, 0),
        ("USD", "tiktok_ads", "event", 0, 1_000_000, 1_000_000, 0, 0),
        ("USD", "tiktok_creators", "event", 2_000_000, 2_000_000, 0, 0, 0),
        ("USD", None, "unattributed", 1_000_000, 1_000_000, 0, 0, 0),
    ]
    assert [row[1:] for row in rows if row[0] == "orders"] == [
        ("EUR", None, None, 1, 1, 0, 0, 0),
        ("USD", None, None, 3, 4, 1, 0, 0),
    ]


def tables(database):
    """Rows of every published table and view of a release or a build, in one order."""
    with connect(database, read_only=True) as con:
        names = con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('main', 'ledgers', 'marts')"
        ).fetchall()
        return {name: con.execute(f'from {schema}."{name}" order by all').fetchall() for schema, name in names}


@pytest.mark.slow
def test_a_full_refresh_gives_the_same_release(home):
    settings, _, second = home
    credit = "select * from fct_attribution_credit order by conversion_id, attribution_model, recipient_key"
    _, before = query(settings, credit)

    release = pipeline.build_and_publish(settings, full_refresh=True)

    assert release.run_id != second.run_id
    assert query(settings, credit)[1] == before


def test_rolling_back_returns_to_the_release_before_and_on_to_the_one_named(home):
    settings, first, _ = home
    newest = current(settings)

    back = rollback(settings)
    assert current(settings) == back
    assert back.run_id == newest.manifest()["previous_run_id"]
    assert rollback(settings, first.run_id) == first
    with pytest.raises(ReleaseError, match="nothing to roll back to"):
        rollback(settings)
    with pytest.raises(ReleaseError, match="no release"):
        rollback(settings, "../home")
    with pytest.raises(ReleaseError, match="no release"):
        rollback(settings, "current")
    assert rollback(settings, newest.run_id) == newest


@pytest.mark.slow
def test_a_build_that_was_overtaken_is_not_published(home):
    settings, _, _ = home
    older = build(settings)
    build(settings)

    with pytest.raises(ReleaseError, match="build again"):
        publish(settings, older)
    assert current(settings).run_id != older.run.run_id


BUILD_AND_DIE = """
import os, signal, sys
from phygital_funnel import pipeline
from phygital_funnel.settings import Settings

def on_phase(name):
    if name == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)

pipeline.build_and_publish(Settings.from_env(), on_phase=on_phase)
"""


@pytest.mark.parametrize(
    "phase",
    [
        pytest.param("accept", marks=pytest.mark.slow),
        pytest.param("ledgers", marks=pytest.mark.slow),
        pytest.param("gate published", marks=pytest.mark.slow),
    ],
)
def test_a_build_killed_in_any_phase_leaves_the_release_and_the_next_run_gives_the_same_result(home, phase):
    settings, _, _ = home
    before = current(settings)
    credit = "select * from fct_attribution_credit order by conversion_id, attribution_model, recipient_key"
    _, rows = query(settings, credit)

    killed = subprocess.run([sys.executable, "-c", BUILD_AND_DIE, phase], capture_output=True, timeout=300)

    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert current(settings) == before
    assert read_status(settings).runs[0].status == ("built" if phase == "gate published" else "interrupted")
    release = pipeline.build_and_publish(settings)
    assert query(settings, credit)[1] == rows
    assert not list(release.path.parent.glob("*.staging"))


def test_a_second_build_at_the_same_time_is_refused(home):
    settings, _, _ = home
    from phygital_funnel.warehouse.build import only_build

    with only_build(settings), pytest.raises(HomeBusy, match="another build"):
        build(settings)


def test_an_empty_home_builds_and_publishes(tmp_path, home):
    settings, _, _ = home
    empty = replace(
        settings, home=tmp_path, landing_url=str(tmp_path / "landing"), releases_url=str(tmp_path / "releases")
    )

    release = pipeline.build_and_publish(empty)

    assert query(empty, "select count(*) from fct_attribution_credit")[1] == [(0,)]
    assert release.page.stat().st_size > 1000


def test_a_home_without_a_release_says_what_to_do(tmp_path, home):
    settings, _, _ = home
    empty = replace(settings, home=tmp_path, releases_url=str(tmp_path / "releases"))

    with pytest.raises(ReleaseError, match="phygital run"):
        query(empty, "select 1")
    with pytest.raises(ReleaseError, match="phygital build"):
        last_build(empty)
    assert read_status(empty).current is None
    assert state.runs(empty) == []
