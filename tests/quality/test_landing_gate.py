"""The gate of landing: what is old, what is held, and what a person sees who asks it by hand."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from phygital_funnel import clock, quality
from phygital_funnel.quality import declared
from phygital_funnel.quality.suites import find_suites, read_views
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Reread
from phygital_funnel.warehouse import database
from phygital_funnel.warehouse.validate import validate

from .conftest import PROJECT

TODAY = date(2026, 11, 3)
QUERIES = {
    check.name: check.kwargs["unexpected_rows_query"].format(batch="incoming.manifests")
    for suite in find_suites(PROJECT, "landing")
    if suite.table == "manifests"
    for check in suite.checks
}
VANISHING = ("tiktok_ads__ad_report_daily", "amazon_seller__sales_and_traffic", "tiktok_shop__affiliate_orders")
STREAMS = [stream for stream in all_streams() if stream.source in API_SOURCES]
Declare = Callable[..., None]
ALL_OF = "update {schema}.manifests set {change} where source = '{source}' and stream = '{stream}'"


@pytest.fixture
def world(worlds: dict[str, Path], tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The valid world of the gate, to be broken."""
    path = shutil.copyfile(worlds["landing"], tmp_path / "landing.duckdb")
    with database.connect(path) as connection:
        for view in read_views(PROJECT, "landing"):
            connection.execute(view)
        yield connection


@contextmanager
def undone(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.execute("begin")
    try:
        yield
    finally:
        con.execute("rollback")


def failing(con: duckdb.DuckDBPyConnection, *names: str) -> set[str]:
    """Checks of the list of extractions that do not hold, by their own SQL."""
    con.execute("set variable evaluated_at = ?", [clock.now().replace(tzinfo=None)])
    return {name for name in names or QUERIES if con.execute(QUERIES[name]).fetchall()}


def change(con: duckdb.DuckDBPyConnection, source: str, stream: str, what: str) -> None:
    for schema in ("incoming", "raw"):
        con.execute(ALL_OF.format(schema=schema, change=what, source=source, stream=stream))


def of_age(days: int) -> str:
    day = TODAY - timedelta(days=days)
    return f"window_to = case when window_to is not null then date '{day}' end, committed_at = timestamp '{day} 05:00'"


@pytest.fixture
def declare(world: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Has all streams declare other numbers than they do."""

    def as_declared(**numbers: Any) -> None:
        monkeypatch.setattr(declared, "all_streams", lambda: [replace(stream, **numbers) for stream in all_streams()])
        for view in read_views(PROJECT, "landing"):
            world.execute(view)

    return as_declared


def test_the_gate_holds_a_stream_to_the_days_that_it_declares(
    world: duckdb.DuckDBPyConnection, declare: Declare
) -> None:
    """A target that had a second home would stay what it was there."""
    warns, blocks = ({f"{source}_{what}" for source in API_SOURCES} for what in ("is_fresh", "has_not_stopped"))
    world.execute(f"update incoming.manifests set {of_age(30)}")
    world.execute("update incoming.manifests set account = '2026-10-29.csv' where source = 'links'")
    for days, expected in ((14, blocks), (29, warns), (30, set())):
        declare(due_days=days)
        assert failing(world, *warns, *blocks) == expected
    for days, holds in ((4, False), (5, True)):
        declare(due_days=days)
        assert failing(world, "daily_files_are_there") == (set() if holds else {"daily_files_are_there"})


def test_the_gate_asks_for_the_days_that_a_stream_declares_to_read_again(
    world: duckdb.DuckDBPyConnection, declare: Declare
) -> None:
    """The newest run read 27 days, and the days before these were read in September."""
    skipped = "restated_days_were_not_skipped_twice"
    world.execute(
        "insert into raw.manifests select * replace (3 as _commit, timestamp '2026-10-07 05:00' as committed_at, "
        "date '2026-09-01' as window_from, date '2026-10-06' as window_to) "
        "from incoming.manifests where source = 'amazon_ads'"
    )
    for reread, holds in ((Reread(27), True), (Reread(28), False), (Reread(2, weekly_days=28), False)):
        declare(reread=reread)
        assert failing(world, skipped) == (set() if holds else {skipped})


def test_each_stream_warns_past_its_target_and_blocks_past_twice_as_long(world: duckdb.DuckDBPyConnection) -> None:
    """Also those that no other check looks at: hours, refunds, reports of a week, lists of ads."""
    for stream in STREAMS:
        warns, blocks = f"{stream.source}_is_fresh", f"{stream.source}_has_not_stopped"
        for age, expected in (
            (stream.due_days, set()),
            (stream.due_days + 1, {warns}),
            (2 * stream.due_days, {warns}),
            (2 * stream.due_days + 1, {blocks}),
        ):
            with undone(world):
                change(world, stream.source, stream.name, of_age(age))
                assert failing(world, warns, blocks) == expected, (stream.relation, age)


def test_what_was_never_read_warns_at_most(world: duckdb.DuckDBPyConnection) -> None:
    """Nobody can tell whether it is wanted; a source without its main stream is told all the same."""
    for stream in STREAMS:
        with undone(world):
            for schema in ("incoming", "raw"):
                world.execute(
                    f"delete from {schema}.manifests where source = '{stream.source}' and stream = '{stream.name}'"
                )
            assert failing(world, f"{stream.source}_has_not_stopped") == set()
    for source in API_SOURCES:
        with undone(world):
            for schema in ("incoming", "raw"):
                world.execute(f"delete from {schema}.manifests where source = '{source}'")
            told = {f"{source}_is_fresh", f"{source}_has_not_stopped"}
            assert failing(world, *told) == {f"{source}_is_fresh"}


@pytest.mark.parametrize("schema", ["incoming", "raw"])
def test_a_held_extraction_is_neither_fresh_nor_complete(world: duckdb.DuckDBPyConnection, schema: str) -> None:
    """What builds must not use tells nothing of how new the figures are that they do use."""
    for stream in STREAMS:
        with undone(world):
            change(world, stream.source, stream.name, of_age(60))
            world.execute(
                f"""
                insert into {schema}.manifests
                select * replace (9 as _commit, 'held' as manifest_id, true as is_held, timestamp '2026-11-03' as
                    committed_at, if(window_to is null, null, date '2026-11-02') as window_to)
                from incoming.manifests where source = '{stream.source}' and stream = '{stream.name}'
                """
            )
            stopped = f"{stream.source}_has_not_stopped"
            assert failing(world, stopped) == {stopped}, stream.relation
    world.execute("update incoming.manifests set is_complete = false where stream = 'campaigns'")
    world.execute(
        f"""
        insert into {schema}.manifests
        select * replace (9 as _commit, 'held' as manifest_id, true as is_held, true as is_complete)
        from incoming.manifests where stream = 'campaigns'
        """
    )
    assert failing(world, "a_complete_extraction_exists") == {"a_complete_extraction_exists"}


def test_days_of_a_held_report_may_vanish(world: duckdb.DuckDBPyConnection) -> None:
    """An empty answer that takes back what only a held one had takes nothing."""
    for relation in (
        "tiktok_ads__ad_report_daily",
        "amazon_seller__sales_and_traffic",
        "tiktok_shop__affiliate_orders",
    ):
        (suite,) = (one for one in find_suites(PROJECT, "landing") if one.table == relation)
        query = next(one for one in suite.checks if one.id == "L8").kwargs["unexpected_rows_query"]
        world.execute(f"delete from incoming.{relation}")
        asked = query.format(batch=f"incoming.{relation}")
        assert len(world.execute(asked).fetchall()) == 1
        source, stream = relation.split("__")
        world.execute(f"update raw.manifests set is_held = true where source = '{source}' and stream = '{stream}'")
        assert world.execute(asked).fetchall() == []


@pytest.mark.parametrize(
    ("newest", "today", "holds"),
    [
        ("2026-10-30", "2026-11-03", True),  # Friday's on Tuesday: Monday's is missing
        ("2026-10-29", "2026-11-03", True),  # Thursday's: Friday's and Monday's
        ("2026-10-28", "2026-11-03", False),
        ("2026-10-30", "2026-11-02", True),  # no rates are published at the weekend
        ("2026-10-29", "2026-11-01", True),
        ("2026-04-02", "2026-04-07", True),  # Easter
        ("no date", "2026-11-03", True),
    ],
)
def test_exchange_rates_are_counted_in_business_days(
    world: duckdb.DuckDBPyConnection, tmp_path: Path, newest: str, today: str, holds: bool
) -> None:
    """A weekend is no silence, and a bank holiday beside it is none either."""
    (tmp_path / "clock").write_text(f"{today}T13:00:00+00:00")
    world.execute("insert into raw.build values ('run', ?, 'test')", [f"{today} 13:00"])
    world.execute("update incoming.reference__fx_rates set rate_date = ?", [newest])
    assert failing(world, "exchange_rates_are_fresh") == (set() if holds else {"exchange_rates_are_fresh"})


def test_asked_by_hand_the_gate_says_what_it_would_say_in_a_build(
    world: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    """Whoever asks weeks after the last build wants to know how old things are now."""
    home = settings.home / "build"
    home.mkdir(parents=True)
    world.execute("insert into raw.build values ('run', '2026-11-03 06:00', 'test')")
    world.execute("insert into raw.manifests select * from incoming.manifests where source = 'tiktok_organic'")
    world.execute("delete from incoming.manifests")
    path = Path(world.execute("select path from duckdb_databases() where not internal").fetchall()[0][0])
    world.close()
    shutil.copyfile(path, home / "build.duckdb")
    (tmp_path / "clock").write_text("2026-11-23T06:00:00+00:00")
    by_hand = validate(settings, "landing", "manifests")
    blocked = {check.expectation for check in by_hand.critical_failures}
    assert "tiktok_organic_has_not_stopped" in blocked
    with database.connect(home / "build.duckdb") as con:  # as a build records it before its gate
        con.execute("update raw.build set known_at = timestamp '2026-11-23 06:00'")
    of_build = quality.evaluate(settings, "landing", home / "build.duckdb", run_id="run", table="manifests")
    assert [check.success for check in of_build.checks] == [check.success for check in by_hand.checks]
