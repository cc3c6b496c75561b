"""Incremental equals full refresh, row for row, whatever lands in whatever batches and order (docs/incremental.md)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from dbt_compiled import Commit, Compiled, empty_database
from dbt_histories import (
    ACCOUNTS,
    BEGIN,
    LANDED_BY_HISTORIES,
    SCALE,
    Decision,
    Event,
    commits,
    histories,
    made_ads_snapshot,
    made_codes,
    made_creators,
    made_event_conversion,
    made_order_lines,
    made_products,
    made_shop_order,
    own_instant,
    reference_commits,
    utc,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phygital_funnel.warehouse import previous
from phygital_funnel.warehouse.incremental_models import ALIKE, CREDIT, STATE

HEADLINE = "last_engaged_touch"
BRIDGE = "mart_restatement_bridge"
OF_LINES = ("amazon_seller__order_lines", "events__conversions", "tiktok_shop__orders")
Tables = dict[str, list[tuple[Any, ...]]]
slow_to_draw = settings(
    deadline=None,
    database=None,
    derandomize=SCALE == 1,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


class Ledger:
    """The models up to the credit tables over one database in memory, emptied for every history."""

    def __init__(self, con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
        self._con = con
        self._compiled = compiled.upstream_of(*STATE, CREDIT)
        self._bridge = [model for model in compiled.upstream_of(BRIDGE).models if model not in self._compiled.models]
        for commit in reference_commits():
            commit.land(con)
        self._compiled.run(con, is_kept=False)
        compiled.run(con, is_kept=False, models=self._bridge)
        self._landed: set[str] = set()
        con.execute("create table raw.held (manifest_id varchar)")
        self._raw = (*LANDED_BY_HISTORIES, "manifests", "released_rows", "held")
        con.execute("create schema empty")
        for table in self._raw:
            con.execute(f"create table empty.{table} as from raw.{table}")
        self._is_credited = False

    def forget(self) -> None:
        """Go back to the reference data alone, with nothing credited."""
        for table in self._raw:
            self._con.execute(f"truncate raw.{table}; insert into raw.{table} from empty.{table}")
        self._landed.update(self._raw)
        self._is_credited = False

    def process(self, events: Sequence[Event]) -> None:
        """Land these commits, note these decisions, replay all that are known, and credit what they reach."""
        for event in events:
            event.land(self._con)
            self._landed.add(event.relation)
        self._con.execute("update raw.manifests set is_held = manifest_id in (select manifest_id from raw.held)")
        self._compiled.run(self._con, is_kept=self._is_credited, models=self._compiled.reading(self._landed))
        self._is_credited = True
        self._landed.clear()

    def refresh(self) -> None:
        """Credit every line of what is landed, as if nothing had been credited before."""
        self._compiled.run(self._con, is_kept=False, models=self._compiled.reading(()))

    def tables(self) -> Tables:
        """All that is kept from run to run, as a full refresh makes it, too."""
        return {table: self._con.execute(f"from {table} order by all").fetchall() for table in ALIKE}

    def publish(self) -> None:
        """Take what is credited now for the release before."""
        self._con.execute("attach if not exists ':memory:' as previous")
        for table in ("fct_order_lines", "fct_attribution_credit_wide"):
            self._con.execute(f"create or replace table previous.{table} as from ledgers.{table}")
        previous.prepare(self._con)
        previous.copy(self._con, "before", "2026-11-01T00:00:00+00:00", HEADLINE)

    def bridge(self) -> list[tuple[Any, ...]]:
        """What the bridge from the release before says, once the ledger and the marts are made."""
        self._compiled.run(self._con, is_kept=False, models=self._bridge)
        return self._con.execute(
            f"select metric, channel, value_before, value_after, data_change, weights_change from marts.{BRIDGE}"
        ).fetchall()

    def totals(self) -> dict[str, int]:
        """What the ledgers say, in the headline model."""
        row = self._con.execute(
            f"""
            select sum({HEADLINE}_credit_micro), sum({HEADLINE}_amount_minor), sum({HEADLINE}_amount_reporting_minor)
            from ledgers.fct_attribution_credit_wide
            """
        ).fetchall()[0]
        metrics = ("credit_micro", "attributed_amount_minor", "attributed_amount_reporting_minor")
        return {metric: int(value or 0) for metric, value in zip(metrics, row, strict=True)}

    def seen(self, columns: str, order_id: str) -> list[tuple[Any, ...]]:
        """These columns of the lines of an order and their journeys."""
        query = f"""
            select {columns}
            from intermediate.int_conversions__converted
            left join intermediate.int_journeys__lines using (line_key)
            where order_id = $1
            order by all
        """
        return self._con.execute(query, [order_id]).fetchall()

    def reached_orders(self) -> set[str]:
        """Orders of the lines that the last run credited."""
        query = """
            select distinct order_id
            from intermediate.int_conversions__converted
            where line_key in (select line_key from intermediate.int_reach__lines)
        """
        return {row[0] for row in self._con.execute(query).fetchall()}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Compiled once for the module."""
    compiled = Compiled.of(tmp_path_factory.mktemp("compiled"), *STATE, BRIDGE)
    with empty_database() as con:
        yield Ledger(con, compiled)


def assert_incremental_equals_full(ledger: Ledger, batches: list[list[Event]]) -> Tables:
    """Process the batches one by one, then credit everything at once."""
    ledger.forget()
    for batch in batches:
        ledger.process(batch)
    kept = ledger.tables()
    ledger.refresh()
    assert_equal(kept, ledger.tables())
    return kept


def assert_equal(kept: Tables, full: Tables) -> None:
    """Row for row, table for table."""
    for table in ALIKE:
        assert kept[table] == full[table], table


def order(name: str, cents: int, code: str = "") -> Any:
    """An order of one line in the US, at the order's own instant."""
    return made_order_lines(name, "US", BEGIN, False, "Shipped", [("B1", cents)], code)


def rows(relation: str, **columns: Any) -> Any:
    """One row of a stream."""
    return relation, [columns], {}


def click(name: str, visitor: str, before: str) -> Any:
    """A click on an ad, eight hours before an order."""
    return rows(
        "links__clicks",
        click_id=name,
        clicked_at=utc(own_instant(before) - timedelta(hours=8)),
        visitor_id=visitor,
        ad_id="ad1",
    )


def together(first: Any, second: Any) -> Any:
    """The rows of both as one landing."""
    return first[0], [*first[1], *second[1]], first[2]


def touch(journey: str) -> Any:
    """A touch of the events, an hour before the conversion e1."""
    return rows(
        "events__touchpoints",
        touchpoint_id="t1",
        journey_key=journey,
        occurred_at=utc(own_instant("e1") - timedelta(hours=1)),
        touch_type="click",
        channel="mail",
        content_id="post",
    )


def claims(day_after: int, count: int) -> Any:
    """What a tag claims of the product on the day of the order o3, or so many days later."""
    return made_products((own_instant("o3") - BEGIN).days + day_after, [("g1", "B1", count)])


KNOWN_BEFORE = (
    order("o1", 1000, "Ann10"),
    order("o3", 2000),
    order("o4", 500),
    made_codes({"Ann10": "ann"}),
    rows("links__registrations", amazon_order_id="o4", person_hash="p", visitor_id="v", registered_at=utc(BEGIN)),
    made_ads_snapshot({"ad1": "post"}),
    *ACCOUNTS,
    click("c1", "v", "o4"),
    claims(0, 1),
    made_event_conversion("e1", "j1", BEGIN, False, 100, "USD"),
    touch("j1"),
)
# What lands next, one after the other, and the orders that it reaches.
NEWS = {
    "nothing": (None, set()),
    "another price, which moves money and no credit": (order("o1", 1500, "Ann10"), set()),
    "a creator of the list whose post it is": (made_creators({"ann": "ann.x"}), {"o4", "e1"}),
    "another owner of the code": (made_codes({"Ann10": "bob"}), {"o1"}),
    "an ad that shows another post": (made_ads_snapshot({"ad1": "other"}), {"o4"}),
    "a claim withdrawn": (claims(0, 0), {"o3"}),
    "a claim of the next day, which has no orders": (claims(1, 1), {"o3"}),
    "a late touch": (click("c2", "v", "o4"), {"o4"}),
    "two late touches, one of them after the order": (together(click("c4", "v", "o4"), click("c5", "v", "o5")), {"o4"}),
    "a touch that moves to another journey": (touch("j2"), {"e1"}),
    "a click of a stranger": (click("c3", "nobody", "o4"), set()),
    "a new order": (order("o5", 700), {"o5"}),
}


def test_each_kind_of_news_reaches_its_lines_and_no_others(ledger: Ledger) -> None:
    """And what is kept of all others is what a full refresh gives."""
    landings = [*KNOWN_BEFORE, *(landing for landing, _ in NEWS.values() if landing is not None)]
    landed = commits([(landing, 1) for landing in landings])
    ledger.forget()
    ledger.process(landed[: len(KNOWN_BEFORE)])
    news = iter(landed[len(KNOWN_BEFORE) :])
    reached = {}
    for name, (landing, _) in NEWS.items():
        ledger.process([] if landing is None else [next(news)])
        reached[name] = ledger.reached_orders()
    assert reached == {name: orders for name, (_, orders) in NEWS.items()}
    ledger.process([Decision(landed[-1].relation, landed[-1].number)])
    kept = ledger.tables()
    ledger.refresh()
    assert_equal(kept, ledger.tables())


def test_a_line_is_known_from_its_own_first_commit(ledger: Ledger) -> None:
    """The horizon of a line that joins its order later begins then (ledger-rules 3): its touches are not late."""
    (shop,) = made_shop_order("s1", 900, "")
    second = [{**row, "line_item_id": "s1-2"} for row in shop[1]]
    landed = commits(
        [
            (order("o4", 500), 1),
            (shop, 0),
            (KNOWN_BEFORE[4], 0),
            (made_order_lines("o4", "US", BEGIN, False, "Shipped", [("B1", 500), ("B2", 700)], ""), 90),
            ((shop[0], [*shop[1], *second], shop[2]), 0),
            (click("c1", "v", "o4"), 1),
        ]
    )
    kept = assert_incremental_equals_full(ledger, [[commit] for commit in landed])
    assert any(kept.values())
    assert ledger.seen("asin, eligible_touches, late_touches", "o4") == [("B1", 0, 1), ("B2", 1, 0)]
    first, later = (f"{BEGIN + timedelta(days=days):%Y-%m-%d}" for days in (1, 91))
    known = "asin, first_known_at::date::varchar"
    assert ledger.seen(known, "o4") == [("B1", first), ("B2", later)]
    assert ledger.seen(known, "s1") == [("B9", first), ("B9", later)]


@settings(slow_to_draw, max_examples=3)
@given(history=histories(size=24))
def test_batches_in_any_order_give_what_a_full_refresh_gives(ledger: Ledger, history: Any) -> None:
    """Every record keeps its commit, so that late and superseded ones are judged alike in any order of processing."""
    assert_incremental_equals_full(ledger, history[1])


@pytest.mark.slow
@settings(slow_to_draw, max_examples=12 * SCALE)
@given(history=histories(size=60))
def test_longer_histories(ledger: Ledger, history: Any) -> None:
    """The same with longer histories, and against a database into which they land at once and in order."""
    landed, batches = history
    kept = assert_incremental_equals_full(ledger, batches)
    ledger.forget()
    ledger.process(landed)
    assert_equal(kept, ledger.tables())


@settings(slow_to_draw, max_examples=2)
@given(history=histories(size=12), known=st.floats(0.3, 0.9))
def test_what_was_known_is_made_again_whatever_came_after(ledger: Ledger, history: Any, known: float) -> None:
    """I9: the commits of a past release give its tables, also in a database that has seen the later ones."""
    landed, _ = history
    then = landed[: round(known * len(landed))]
    ledger.forget()
    ledger.process(then)
    before = ledger.tables()
    ledger.process(landed[len(then) :])
    ledger.forget()
    ledger.process(then)
    assert_equal(ledger.tables(), before)


@settings(slow_to_draw, max_examples=2)
@given(first=histories(size=12), second=histories(size=12))
def test_the_bridge_between_two_releases_adds_up(ledger: Ledger, first: Any, second: Any) -> None:
    """Per row: after less before is data and weights, and both ends are what the ledgers said (P2)."""
    assert_bridge_adds_up(ledger, first[0], second[0])


@pytest.mark.slow
@settings(slow_to_draw, max_examples=6 * SCALE)
@given(first=histories(size=30), second=histories(size=30))
def test_longer_bridges(ledger: Ledger, first: Any, second: Any) -> None:
    """The same with longer histories."""
    assert_bridge_adds_up(ledger, first[0], second[0])


def assert_bridge_adds_up(ledger: Ledger, first: list[Event], second: list[Event]) -> None:
    """Release after the first history, land the second, and compare."""
    ledger.forget()
    ledger.process(first)
    ledger.bridge()
    before = ledger.totals()
    ledger.publish()
    numbers = Counter(event.relation for event in first if isinstance(event, Commit))
    # Decisions are not moved along, and so are about what the release before was made of. One takes lines away.
    news = [
        replace(event, number=event.number + numbers[event.relation]) if isinstance(event, Commit) else event
        for event in second
    ]
    held = [Decision(event.relation, event.number) for event in first if event.relation in OF_LINES]
    ledger.process([*news, *held[-1:]])
    rows = ledger.bridge()
    after = ledger.totals()
    for metric, channel, value_before, value_after, data, weights in rows:
        assert value_after - value_before == data + weights, (metric, channel)
    for metric in before:
        assert sum(row[2] for row in rows if row[0] == metric) == before[metric]
        assert sum(row[3] for row in rows if row[0] == metric) == after[metric]
    assert sum(row[4] for row in rows if row[0] == "attributed_amount_minor") == (
        after["attributed_amount_minor"] - before["attributed_amount_minor"]
    ), "weights move money between recipients and make none"
