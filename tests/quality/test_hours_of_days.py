"""What the gate says of hours of TikTok's delivery that are missing, told from hours that rightly have none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from phygital_funnel.quality.suites import find_suites, read_views
from phygital_funnel.warehouse import database

PROJECT = Path(__file__).parents[2]
CHECKS = {
    check.name: str(check.kwargs["unexpected_rows_query"])
    for suite in find_suites(PROJECT, "staging")
    for check in suite.checks
    if suite.table == "stg_tiktok_ads__ad_report_hourly" and check.id == "S5"
}
WARNS, BLOCKS = {"no_hour_of_a_day_is_lost"}, {"hours_add_up_to_their_day"}
GAP = {"no_hour_is_missing"}
CLOCK = "(hour(event_hour_utc) + 19) % 24"
HOURLY, DAILY = "staging.stg_tiktok_ads__ad_report_hourly", "staging.stg_tiktok_ads__ad_report_daily"
# Eight days of 6 hours by night with 24 impressions, and 18 by day with 100; all but the last were asked for.
WEEK = (
    f"""
    create table days as
    select t.* replace (date '2026-10-26' + i::int as event_date_source, 1944 as impressions)
    from {DAILY} as t, range(8) as days (i)
    where ad_id = 'a1'
    """,
    f"""
    create table hours as
    select t.* replace (
        date '2026-10-26' + (i // 24)::int as event_date_source,
        timestamp '2026-10-26 05:00' + to_hours(i) as event_hour_utc,
        if(i % 24 < 6, 24, 100) as impressions
    )
    from {HOURLY} as t, range(8 * 24) as hours (i)
    where ad_id = 'a1'
    """,
    f"delete from {DAILY}",
    f"delete from {HOURLY}",
    f"insert into {DAILY} from days",
    f"insert into {HOURLY} from hours",
    """
    insert into base.base__covers
    select 'tiktok_ads', 'ad_report_hourly', '1', '', date '2026-10-26' + i::int, 2 from range(7) as days (i)
    """,
)


def hours(text: str) -> str:
    """Deletes the hours of 30 October that begin at these times of the account's clock."""
    return f"delete from {HOURLY} where event_date_source = date '2026-10-30' and {CLOCK} in ({text})"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([], set(), id="nothing is missing"),
        pytest.param([hours("7")], WARNS | GAP, id="an hour"),
        pytest.param([hours("3")], WARNS | GAP, id="an hour of the night"),
        pytest.param([hours("2, 3")], BLOCKS | GAP, id="two hours of the night"),
        pytest.param([hours("2, 3, 4, 5")], BLOCKS, id="four hours of the night"),
        pytest.param([f"delete from {HOURLY} where event_date_source = date '2026-10-28'"], BLOCKS, id="a day"),
        pytest.param([f"delete from {HOURLY}"], BLOCKS, id="the report"),
        pytest.param(
            [hours("2, 3, 4"), f"update {DAILY} set impressions = 1872 where event_date_source = date '2026-10-30'"],
            set(),
            id="a pause, of which the day does not know either",
        ),
        pytest.param(
            [
                f"delete from {HOURLY} where {CLOCK} < 6",
                f"update {DAILY} set impressions = 1800",
                f"update {DAILY} set impressions = 1900 where event_date_source = date '2026-10-28'",
            ],
            set(),
            id="ads that never show by night, and a day that was restated",
        ),
        pytest.param(
            [f"delete from {HOURLY}", "delete from base.base__covers where stream = 'ad_report_hourly'"],
            set(),
            id="a report that nobody asked for",
        ),
        pytest.param(
            [hours("20, 21, 22, 23"), "update base.base__commits set committed_at = timestamp '2026-10-31 01:00'"],
            set(),
            id="a day that was not over when the report was asked",
        ),
    ],
)
def test_hours_are_missing_where_the_day_knows_of_them(
    statements: list[str], expected: set[str], broken: Callable[..., Path]
) -> None:
    """One missing hour warns, two or more block, and an hour without an impression is no missing hour."""
    with database.connect(broken("staging", *WEEK, *statements)) as con:
        for view in read_views(PROJECT, "staging"):
            con.execute(view)
        failed = {name for name, query in CHECKS.items() if con.execute(query.format(batch=HOURLY)).fetchall()}
    assert failed == expected
