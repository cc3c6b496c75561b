"""Two releases of a small world: the first is rebuilt table for table, and the way to the second adds up.

The world hides no tag and drops the paths of its people, so that cells have credit and late news moves it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from phygital_funnel import pipeline
from phygital_funnel.sandbox.process import running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import STREAMS
from phygital_funnel.sources.stream import Window
from phygital_funnel.warehouse.bridge import bridge
from phygital_funnel.warehouse.build import build
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.releases import Release

pytestmark = pytest.mark.slow

SCENARIO = "full_capture"
FIRST_DAYS = Window(date(2026, 10, 6), date(2026, 10, 26))
# Claims are read a week late, so that orders of the first release get their credit in the second; a day more, and the
# gate would say that nobody reads them.
FIRST_CLAIMS = {"amazon_attribution": Window(date(2026, 10, 6), date(2026, 10, 19))}
# Whatever changed of the days before shows again.
NEWEST_DAYS = Window(date(2026, 10, 20), date(2026, 11, 5))
MORNING_AFTER = datetime(2026, 10, 27, 13, tzinfo=UTC)
UNHURRIED = 1000.0
# What the gates found is told of runs, and a rebuild is a run of its own.
OF_THE_RUN = {"mart_data_quality_status", "mart_data_quality_history"}
# The bridge's metric, and what it is the sum of in a release.
METRICS = {
    "credit_micro": "sum(last_engaged_touch_credit_micro) from fct_attribution_credit_wide",
    "attributed_amount_minor": "sum(last_engaged_touch_amount_minor) from fct_attribution_credit_wide",
    "attributed_amount_reporting_minor": (
        "sum(last_engaged_touch_amount_reporting_minor) from fct_attribution_credit_wide"
    ),
    "orders": "count(distinct (platform, market, event_date_market, currency, order_id)) from fct_order_lines",
}


@dataclass(frozen=True)
class Past:
    """Two releases, and the first of them made again after the second.

    Args:
        settings: of their home.
        first: what was published first.
        second: what was published three days later.
        rebuilt: rows of every relation of the first, made again.
    """

    settings: Settings
    first: Release
    second: Release
    rebuilt: dict[str, list[Any]]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    folder = tmp_path_factory.mktemp("past")
    with (
        pytest.MonkeyPatch.context() as patch,
        running("tiny", 7, folder / "sandbox", MORNING_AFTER, SCENARIO, rate_scale=UNHURRIED) as server,
    ):
        for name, value in server.environment.items():
            patch.setenv(name, value)
        patch.setenv("PHYGITAL_HOME", str(folder / "home"))
        settings = Settings.from_env()
        first = _published(settings, FIRST_DAYS, FIRST_CLAIMS)
        server.set_clock(MORNING_AFTER + timedelta(days=10))
        second = _published(settings, NEWEST_DAYS, {})
        again = build(settings, as_of=first.run_id)
        yield Past(settings, first, second, _tables(again.database))


def _published(settings: Settings, window: Window, windows: Mapping[str, Window]) -> Release:
    for source in STREAMS:
        pipeline.extract(settings, source, windows.get(source, window))
    return pipeline.build_and_publish(settings)


def _tables(database: Any) -> dict[str, list[Any]]:
    """Rows of every published relation of a release or a build, in one order."""
    with connect(database, read_only=True) as con:
        names = con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('main', 'ledgers', 'marts')"
        ).fetchall()
        return {name: con.execute(f'from {schema}."{name}" order by all').fetchall() for schema, name in names}


def test_the_first_release_is_made_again_table_for_table(past: Past) -> None:
    then = _tables(past.first.database)

    assert set(then) <= set(past.rebuilt)
    assert [name for name in sorted(then) if then[name] != past.rebuilt[name] and name not in OF_THE_RUN] == []


def test_there_is_something_to_make_again_in_nearly_every_table_and_it_has_changed_since(past: Past) -> None:
    """Otherwise equal tables would prove nothing."""
    then, now = _tables(past.first.database), _tables(past.second.database)

    empty = {name for name, rows in then.items() if not rows}
    changed = {name for name in then if then[name] != now[name]}
    assert "mart_restatement_bridge" in empty
    assert len(empty) <= len(then) / 10, sorted(empty)
    assert len(changed) >= len(then) / 2, sorted(changed)


def test_the_way_to_the_second_release_is_data_and_weights_and_calibration(past: Past) -> None:
    names, found = bridge(past.settings, past.first.run_id, past.second.run_id)

    rows = [dict(zip(names, row, strict=True)) for row in found]
    assert {row["metric"] for row in rows} == set(METRICS)
    for row in rows:
        parts = row["data_change"] + row["weights_change"] + row["calibration_change"]
        assert row["value_after"] - row["value_before"] == parts, row
    for end, release in (("value_before", past.first), ("value_after", past.second)):
        with connect(release.database, read_only=True) as con:
            for metric, query in METRICS.items():
                [(total,)] = con.execute(f"select {query}").fetchall()
                assert sum(row[end] for row in rows if row["metric"] == metric) == total, (metric, end)
    moved = [row["weights_change"] for row in rows if row["metric"] == "attributed_amount_minor"]
    assert any(moved)
    assert sum(moved) == 0, "weights move money between recipients and make none"
    assert any(row["data_change"] for row in rows if row["metric"] == "attributed_amount_minor")


def test_cells_have_credit(past: Past) -> None:
    """What Amazon claims of a tag and a day becomes credit of that cell's orders, and of no other's."""
    with connect(past.second.database, read_only=True) as con:
        [(cells, placed, deducted)] = con.execute(
            "select count(*) filter (where credited_retained_order_micro > 0), sum(credited_retained_order_micro), "
            "sum(click_deducted_micro + code_deducted_micro) from fct_attribution_cells"
        ).fetchall()
        [(lines, credited)] = con.execute(
            "select count(distinct conversion_id), sum(last_engaged_touch_credit_micro) "
            "from fct_attribution_credit_wide where evidence = 'tag' and credit_resolution = 'cell'"
        ).fetchall()
    assert cells > 0
    assert deducted > 0
    assert lines > 0
    assert credited >= placed > 0
