"""What keeps a gate's cost in bounds: no query sorts, or groups by a key, a table that grows with the business."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from phygital_funnel import clock, quality
from phygital_funnel.quality.engine import Engine
from phygital_funnel.quality.results import SAMPLE_TEXT, keys_of, longest, plain
from phygital_funnel.quality.suites import Check, Suite, find_suites, read_views
from phygital_funnel.warehouse import database

PROJECT = Path(__file__).parents[2]
CHECKS = [(suite, check) for stage in quality.STAGES for suite in find_suites(PROJECT, stage) for check in suite.checks]
# Tables that people fill, or of which there is one row per ad, day of a mart, or extraction.
SMALL = re.compile(
    r"^(base_|stg_)?(reference__\w+|\w+__(profiles|publishers|advertisers|campaigns|ad_groups|ads|shops|products|videos"
    r"|registrations))$|^(dim|mart|int)_|^manifests$"
)
LARGE = {suite.table for suite, _ in CHECKS if not SMALL.search(suite.table)}
SORTS = re.compile(r"count\(distinct|\bover \(|asof join|median\(|quantile|select distinct|order by")
FEW_GROUPS = "counts within groups of which there are as many as days, hours, products or ads, not as rows"
FEW_FOUND = "sorts only what it has found, which is nothing in a sound table"
SMALL_SIDE = "what it joins is the smaller table: returns and refunds, claims, or the touches that were credited"
SUMS = "joins sums by day, week or model, of which there are few"
SHARES = [(suite, check) for suite, check in CHECKS if check.bound.startswith("few_rows: ")]
ONE_OF_EACH = {check.name: (suite, check) for suite, check in SHARES}
FaultsOf = Callable[[str, str], dict[str, tuple[str, str]]]
ALLOWED = {
    "clicks_arrive": SUMS,
    "covered_days_have_rows": FEW_GROUPS,
    "days_have_their_hours": FEW_GROUPS,
    "known_days_do_not_vanish": "joins the rows of an extraction that has none",
    "no_hour_is_missing": FEW_GROUPS,
    "sold_skus_are_listed": FEW_FOUND,
    "credited_touches_are_known": FEW_FOUND,
    "no_touch_follows_its_conversion": SMALL_SIDE,
    "amounts_follow_the_rates": "looks a rate up once for each currency and day",
    "all_models_are_there": FEW_GROUPS,
    "wide_and_long_agree": SUMS,
    "units_agree_with_orders": SUMS,
    "units_are_those_of_the_orders": SUMS,
    "returns_belong_to_orders": SMALL_SIDE,
    "returns_stay_within_their_sale": SMALL_SIDE,
    "returns_follow_their_order": SMALL_SIDE,
    "refunds_belong_to_orders": SMALL_SIDE,
    "refunds_stay_within_their_sale": SMALL_SIDE,
    "refunds_follow_their_order": SMALL_SIDE,
    "refunds_find_their_orders": SMALL_SIDE,
}


def costs(suite: Suite, check: Check) -> list[str]:
    """What in a check's query would cost more than a pass over its table."""
    query = str(check.kwargs["unexpected_rows_query"])
    named = re.findall(r"(?:from|join)\s+(?:\w+\.)?(\w+|\{batch\})", query)
    large = {suite.table if table == "{batch}" else table for table in named} & LARGE
    if not large or check.shortcut is not None or "looked_at(" in query:
        return []
    found = ["looks for a key that comes twice"] if re.search(r"count\(\*\) > 1", query) else []
    found += [f"has {sort!r}" for sort in sorted(set(SORTS.findall(query)))]
    return found + (["joins " + " and ".join(sorted(large))] if len(large) > 1 else [])


def test_no_check_costs_more_than_a_pass_over_its_table_unless_it_says_why() -> None:
    """Tables of fifty million rows are looked at in two minutes and two gigabytes, or they are not looked at."""
    found = {f"{suite.name}: {check.name}": costs(suite, check) for suite, check in CHECKS}
    assert {name: what for name, what in found.items() if what and name.partition(": ")[2] not in ALLOWED} == {}
    assert {check.name for suite, check in CHECKS if costs(suite, check)} == set(ALLOWED)


def test_a_share_names_five_of_its_rows() -> None:
    """How many rows are wrong helps nobody who has to find one of them."""
    named = re.compile(r"cast\((max|min)\((.+), 5\) as varchar\)\s+as (newest|some)_")
    queries = {f"{suite.name}: {check.name}": str(check.kwargs["unexpected_rows_query"]) for suite, check in SHARES}
    assert [name for name, query in queries.items() if not named.search(query)] == []


@pytest.mark.parametrize(("suite", "check"), [pytest.param(*one, id=name) for name, one in ONE_OF_EACH.items()])
def test_the_rows_that_a_share_names_are_told_whole(
    suite: Suite, check: Check, broken: Callable[..., Path], faults_of: FaultsOf
) -> None:
    """Rows that a log cuts off are not named; of checks that many tables have, one is tried."""
    with database.connect(broken(suite.stage, faults_of(suite.stage, suite.table)[check.name][1])) as con:
        con.execute("set variable evaluated_at = ?", [clock.now().replace(tzinfo=None)])
        for view in read_views(PROJECT, suite.stage):
            con.execute(view)
        query = str(check.kwargs["unexpected_rows_query"]).format(batch=f"{suite.schema}.{suite.table}")
        rows = con.sql(query).to_arrow_table().to_pylist()
    named = {name: value for name, value in rows[0].items() if str(value).startswith("[")}
    assert len(named) == 1, rows
    told = [f"{name}={value}" for name, value in named.items()]
    assert keys_of([{name: plain(value, longest(name, SAMPLE_TEXT)) for name, value in named.items()}]) == told


def test_the_rule_notices_what_it_is_for() -> None:
    """A rule that reads queries must be able to say no."""

    def what(query: str, shortcut: str | None = None) -> list[str]:
        kwargs = {"unexpected_rows_query": query}
        check = Check("M2", "a", "q", kwargs, "critical", "block", "b", "r", "o", None, shortcut)
        return costs(Suite("marts", "fct_order_lines", "ledgers", (check,)), check)

    assert what("select a from {batch} group by a having count(*) > 1") == ["looks for a key that comes twice"]
    assert what("select a from {batch} where looked_at(a, 1) group by a having count(*) > 1") == []
    assert what("select count(distinct a) from {batch}") == ["has 'count(distinct'"]
    assert what("from {batch} as a\njoin ledgers.fct_order_adjustments as b") == [
        "joins fct_order_adjustments and fct_order_lines"
    ]
    assert what("from {batch} as a join ledgers.fct_order_adjustments as b", "select 1") == []
    assert what("select a from {batch} where b < 0") == []


@pytest.mark.parametrize(("stage", "count"), [("marts", 8), ("published", 1)])
def test_a_shortcut_suffices_for_a_sound_world(stage: str, count: int, worlds: dict[str, Path]) -> None:
    """One that finds something where nothing is wrong would leave the costly query to run every time."""
    with Engine(worlds[stage], variables={"evaluated_at": clock.now()}, views=read_views(PROJECT, stage)) as engine:
        shortcuts = {
            f"{suite.table}: {check.name}": check.shortcut
            for suite, check in CHECKS
            if suite.stage == stage and check.shortcut is not None
        }
        engine.batch(next(suite for suite, _ in CHECKS if suite.stage == stage))
        assert [name for name, shortcut in shortcuts.items() if not engine.proves(shortcut)] == []
    assert len(shortcuts) == count


def test_every_key_of_a_large_table_has_its_day_and_a_small_one_is_looked_at_whole() -> None:
    """A key that no day looks at could come twice for ever; a mart that is looked at in parts would be wrong."""
    with database.connect() as con:
        con.execute("create table large as select i from range(4_100_000) as r (i)")
        con.execute("create table small as select i from range(1000) as r (i)")
        for macro in read_views(PROJECT, "macros only"):
            con.execute(macro)
        seen = []
        for day in (1, 2, 3):
            con.execute(f"set variable evaluated_at = timestamp '2026-11-0{day} 23:00'")
            seen.append(con.execute("select count(*) from large where looked_at((i, 'x'), 'main.large')").fetchall())
            whole = con.execute("select count(*) from small where looked_at(i, 'main.small')").fetchall()
            assert whole == [(1000,)]
            assert con.execute("select count(*) from small where looked_at(i, 'no.table')").fetchall() == whole
    parts = [count for ((count,),) in seen]
    assert sum(parts) == 4_100_000, "three days see all of it, nothing twice"
    assert max(parts) < 1_500_000
