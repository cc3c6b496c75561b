"""Raw relations follow landing commit by commit: nothing twice, nothing lost, nothing before its gate."""

from dataclasses import replace
from datetime import date

import pytest

from phygital_funnel.landing import Landing
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Extraction, Window
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.database import connect

NOBODY = frozenset()
NAME = AD_REPORT_DAILY.relation
DAY = Window(date(2026, 11, 1), date(2026, 11, 1))


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


@pytest.fixture
def con(tmp_path):
    with connect(tmp_path / "build.duckdb") as connection:
        yield connection


def rows_of(spend, window=DAY):
    row = {"advertiser_id": "7", "ad_id": "a", "stat_time_day": f"{window.start} 00:00:00", "spend": spend}
    return [row | {"impressions": "9"}]


def report(spend, day=1):
    window = Window(date(2026, 11, day), date(2026, 11, day))
    return Extraction.of_rows(AD_REPORT_DAILY, rows_of(spend, window), "7", window=window)


def newest(landing):
    return {stream.relation: landing.newest(stream) for stream in all_streams()}


def spends(con, schema="raw"):
    return con.sql(f"select _commit, spend from {schema}.{NAME} order by 1").fetchall()


def load(con, landing, held=NOBODY):
    incoming = raw.stage_incoming(con, landing, newest(landing), held)
    raw.accept(con, held)
    return incoming


def test_every_stream_has_a_typed_relation_even_without_data(con):
    raw.prepare(con)

    columns = con.sql(
        "select table_name, count(*) from information_schema.columns where table_schema = 'raw' group by 1"
    ).fetchall()
    expected = {stream.relation: len(stream.columns) + 8 for stream in all_streams()} | {
        "manifests": 18,
        "build": 3,
        "released_rows": 6,
    }
    assert dict(columns) == expected


def test_only_new_commits_are_read_and_each_row_carries_its_commit(con, landing):
    landing.append(report("1"))
    first = load(con, landing)
    landing.append(report("2"))
    second = load(con, landing)
    third = load(con, landing)

    assert (first.commits, second.commits, third.commits) == (1, 1, 0)
    assert spends(con) == [(0, "1"), (1, "2")]


def test_nothing_is_accepted_before_the_gate_and_staging_twice_loads_once(con, landing):
    landing.append(report("1"))
    for _ in range(2):
        raw.stage_incoming(con, landing, newest(landing), NOBODY)

    assert spends(con) == []
    assert spends(con, "incoming") == [(0, "1")]
    raw.accept(con, NOBODY)
    assert spends(con) == [(0, "1")]
    assert spends(con, "incoming") == []


def test_the_gate_does_not_see_what_a_newer_extraction_has_overtaken_but_it_is_kept(con, landing):
    landing.append(report("-999"))
    landing.append(report("5"))
    landing.append(report("6", day=2))
    raw.stage_incoming(con, landing, newest(landing), NOBODY)

    assert spends(con, "incoming") == [(1, "5"), (2, "6")]
    raw.accept(con, NOBODY)
    assert spends(con) == [(0, "-999"), (1, "5"), (2, "6")]


def test_a_held_extraction_passes_by_the_gate_and_is_marked(con, landing):
    bad = landing.append(report("-999"))
    held = frozenset({bad.manifest_id})
    load(con, landing, held)

    assert spends(con) == [(0, "-999")]
    assert con.sql("select is_held from raw.manifests").fetchall() == [(True,)]
    raw.accept(con, NOBODY)
    assert con.sql("select is_held from raw.manifests").fetchall() == [(False,)]


def test_a_past_state_reads_commits_up_to_its_own(con, landing):
    landing.append(report("1"))
    landing.append(report("2"))
    raw.stage_incoming(con, landing, {NAME: 0}, NOBODY)
    raw.accept(con, NOBODY)

    assert spends(con) == [(0, "1")]


def test_an_extraction_without_rows_is_known_by_its_manifest(con, landing):
    landing.append(Extraction.of_rows(AD_REPORT_DAILY, [], "7", window=Window(date(2026, 11, 1), date(2026, 11, 1))))
    load(con, landing)

    assert con.sql("select row_count, window_from, is_complete from raw.manifests").fetchall() == [
        (0, date(2026, 11, 1), True)
    ]


def test_a_move_that_breaks_off_moves_nothing(con, landing, tmp_path):
    landing.append(report("1"))
    raw.stage_incoming(con, landing, newest(landing), NOBODY)
    con.execute("drop table incoming.manifests")

    with pytest.raises(Exception, match="manifests"):
        raw.accept(con, NOBODY)
    con.execute("rollback")
    assert spends(con) == []
    assert spends(con, "incoming") == [(0, "1")]


def test_a_stream_that_gained_a_column_loads_old_files_into_an_old_database(con, landing):
    """Landing and the build database were both made before the column was declared."""
    gained = "spend"
    older = replace(
        AD_REPORT_DAILY,
        columns=tuple(name for name in AD_REPORT_DAILY.columns if name != gained),
        required=tuple(name for name in AD_REPORT_DAILY.required if name != gained),
    )
    old_row = {name: value for name, value in rows_of("1")[0].items() if name != gained}
    landing.append(Extraction.of_rows(older, [old_row], "7", window=DAY))
    raw.prepare(con)
    for change in (f"raw.{NAME} drop column {gained}", "raw.manifests drop column doubt"):
        con.execute(f"alter table {change}")
    load(con, landing)
    assert spends(con) == [(0, None)]

    landing.append(report("2"))
    load(con, landing)
    assert spends(con) == [(0, None), (2, "2")]  # the column was added by a commit of its own
    assert con.sql("select _commit, doubt from raw.manifests order by 1").fetchall() == [(0, ""), (2, "")]


def test_a_stream_that_lost_a_column_still_lands_and_loads(con, landing):
    landing.append(report("1"))
    fewer = replace(AD_REPORT_DAILY, columns=tuple(name for name in AD_REPORT_DAILY.columns if name != "likes"))
    landing.append(Extraction.of_rows(fewer, rows_of("2"), "7", window=DAY))
    load(con, landing)

    assert spends(con) == [(0, "1"), (1, "2")]


def test_new_fields_and_the_run_are_known_to_the_gate(con, landing):
    rows = [row | {"colour": "red", "size": "L"} for row in rows_of("1")]
    landing.append(Extraction.of_rows(AD_REPORT_DAILY, rows, "7", window=DAY), run="run 1")
    raw.stage_incoming(con, landing, newest(landing), NOBODY)

    assert con.sql("select run, new_fields from incoming.manifests").fetchall() == [("run 1", "colour, size")]


def test_what_was_set_aside_since_it_was_loaded_is_so_before_the_gate(con, landing):
    bad = landing.append(report("-999"))
    load(con, landing)
    assert con.sql("select is_held from raw.manifests").fetchall() == [(False,)]

    raw.stage_incoming(con, landing, newest(landing), frozenset({bad.manifest_id}))
    assert con.sql("select is_held from raw.manifests").fetchall() == [(True,)]
