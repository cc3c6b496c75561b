"""What an entity was called, and when: the states of a history are what the table of today said after each commit."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from dbt_compiled import Commit, Compiled, empty_database

Row = Mapping[str, str | None]
BEGIN = datetime.fromisoformat("2026-10-01")


@dataclass(frozen=True)
class Entity:
    """A dimension with a history.

    Args:
        stream: its raw relation.
        table: its table of today; the history is called ``<table>_history``.
        key: columns of the tables that name one.
        row: what lands of one, by name of the thing, what is said of it, and the account that lists it.
    """

    stream: str
    table: str
    key: tuple[str, ...]
    row: Callable[[str | None, str | None, str], Row]


ENTITIES = (
    Entity("tiktok_ads__campaigns", "dim_campaigns", ("campaign_id",), lambda one, said, account: {
        "advertiser_id": account, "campaign_id": one, "campaign_name": said, "objective_type": "TRAFFIC",
        "operation_status": "ENABLE"}),
    Entity("tiktok_ads__ad_groups", "dim_ad_groups", ("ad_group_id",), lambda one, said, account: {
        "advertiser_id": account, "adgroup_id": one, "optimization_goal": said, "campaign_id": "k"}),
    Entity("tiktok_ads__ads", "dim_ads", ("ad_id",), lambda one, said, account: {
        "advertiser_id": account, "ad_id": one, "ad_name": one, "video_id": "v", "tiktok_item_id": said}),
    Entity("reference__creators", "dim_creators", ("creator_id",), lambda one, said, account: {
        "creator_id": one, "handle": said, "country": "fr"}),
    Entity("reference__listings", "dim_listings", ("market", "asin", "sku"), lambda one, said, account: {
        "market": "US", "asin": one, "sku": "s", "product_name": "Balm", "category": said}),
    Entity("tiktok_shop__products", "dim_shop_products", ("shop_id", "product_id", "sku_id"), lambda one, said, by: {
        "shop_id": "s", "product_id": "p", "sku_id": one, "title": by, "sku_price_currency": "USD",
        "sku_price_sale_price": said and str(ord(said))}),
)  # fmt: skip
CAMPAIGNS = ENTITIES[0]
EVERY_ENTITY = pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)


@dataclass(frozen=True)
class Snapshot:
    """One extraction of an account's whole list.

    Args:
        hour: of its commit, after BEGIN.
        rows: of its list, in order.
        account: whose list it is.
        is_complete: not when the source stopped half way.
        is_held: whether a person, or a doubt, keeps it from being used.
    """

    hour: int
    rows: tuple[Row, ...]
    account: str = "a"
    is_complete: bool = True
    is_held: bool = False


class Histories:
    """Tables of today and their histories, compiled once, over one database in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
        self._con = con
        self._compiled = {
            entity.table: compiled.upstream_of(entity.table, f"{entity.table}_history") for entity in ENTITIES
        }

    def build(self, entity: Entity, snapshots: Iterable[Snapshot], released: tuple[int, int] | None = None) -> None:
        """Make both tables of an entity from these snapshots alone; ``released`` is a duplicate's commit and row."""
        source, stream = entity.stream.split("__")
        self._con.execute(f"delete from raw.{entity.stream}; delete from raw.manifests; delete from raw.released_rows")
        for number, one in enumerate(snapshots):
            at = f"{BEGIN + timedelta(hours=one.hour)}"
            Commit(entity.stream, number, at, one.rows, account=one.account).land(self._con)
            self._con.execute(
                "update raw.manifests set is_complete = $1, is_held = $2 where _commit = $3",
                [one.is_complete, one.is_held, number],
            )
            rejected = [place for place, row in enumerate(one.rows) if "_reject" in row]
            self._con.execute(
                f"update raw.{entity.stream} set _reject = 'malformed_line' "
                "where _commit = $1 and list_contains($2::bigint[], _row)",
                [number, rejected],
            )
        if released is not None:
            self._con.execute(
                "insert into raw.released_rows values ($1, $2, $3, $4, '|duplicate_key|', 1)",
                [source, stream, f"{entity.stream}-{released[0]}", released[1]],
            )
        self._compiled[entity.table].run(self._con, is_kept=False)

    def states(self, entity: Entity, said: str) -> list[tuple[Any, ...]]:
        """Each state's name, what is said, and the hours from which and until which it holds, in order."""
        hour = "(epoch({}) - epoch(timestamp '2026-10-01'))::int // 3600"
        return self.rows(
            f"select {entity.key[0]}, {said}, {hour.format('valid_from')}, {hour.format('valid_to')}, is_current "
            f"from marts.{entity.table}_history order by 1, 3"
        )

    def shown(self, entity: Entity, hour: int | None = None) -> list[tuple[Any, ...]]:
        """Rows of the history that hold at an hour, or now."""
        at = f"timestamp '{BEGIN + timedelta(hours=hour)}'" if hour is not None else ""
        holds = f"valid_from <= {at} and (valid_to > {at} or valid_to is null)" if at else "is_current"
        return self.rows(f"select {self._columns(entity)} from marts.{entity.table}_history where {holds} order by all")

    def today(self, entity: Entity) -> list[tuple[Any, ...]]:
        return self.rows(f"select {self._columns(entity)} from marts.{entity.table} order by all")

    def overlaps(self, entity: Entity) -> list[tuple[Any, ...]]:
        """States that are empty, or begin before the one before them ends, or that say the same without a gap."""
        key = ", ".join(entity.key)
        before = f"over (partition by {key} order by valid_from)"
        same = " and ".join(
            f"{name} is not distinct from before.{name}" for name in self._columns(entity, after=entity.key)
        )
        return self.rows(f"""
            select * from (
                select *, lag(s) {before} as before from marts.{entity.table}_history as s
            ) where valid_to <= valid_from or valid_from < before.valid_to
                or before is not null and before.valid_to is null or valid_from = before.valid_to and {same}
        """)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._con.execute(query).fetchall()

    def _columns(self, entity: Entity, after: Iterable[str] | None = None) -> Any:
        names = [name for (name, *_) in self.rows(f"describe marts.{entity.table}_history")][:-3]
        return ", ".join(names) if after is None else [name for name in names if name not in after]


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Histories]:
    tables = [name for entity in ENTITIES for name in (entity.table, f"{entity.table}_history")]
    compiled = Compiled.of(tmp_path_factory.mktemp("compiled"), *tables)
    with empty_database() as con:
        yield Histories(con, compiled)


def campaigns(hour: int, named: Mapping[str, str | None], account: str = "a", **of_commit: bool) -> Snapshot:
    return Snapshot(hour, tuple(CAMPAIGNS.row(one, said, account) for one, said in named.items()), account, **of_commit)


def test_a_state_holds_until_a_usable_snapshot_shows_another(histories: Histories) -> None:
    """One is renamed in the third snapshot, one leaves and comes back; what is partial or held shows nothing."""
    histories.build(CAMPAIGNS, [
        campaigns(0, {"kept": "Kept", "renamed": "Old", "back": "Back", "nameless": None}),
        campaigns(1, {"kept": "Kept", "renamed": "Old", "nameless": None}),
        campaigns(2, {"renamed": "Wrong"}, is_complete=False),
        campaigns(3, {"back": "Wrong"}, is_held=True),
        campaigns(4, {"kept": "Kept", "renamed": "New", "back": "Back", "nameless": None}),
        campaigns(5, {"other": "Other"}, account="b"),
        campaigns(6, {"kept": "Kept", "renamed": "New", "back": "Back", "nameless": "Named"}),
    ])  # fmt: skip
    assert histories.states(CAMPAIGNS, "campaign_name") == [
        ("back", "Back", 0, 1, False),
        ("back", "Back", 4, None, True),
        ("kept", "Kept", 0, None, True),
        ("nameless", None, 0, 6, False),
        ("nameless", "Named", 6, None, True),
        ("other", "Other", 5, None, True),
        ("renamed", "Old", 0, 4, False),
        ("renamed", "New", 4, None, True),
    ]


def test_a_campaign_of_two_accounts_is_the_newest_lists(histories: Histories) -> None:
    """When that account lists it no longer, it is again what the other said last."""
    histories.build(CAMPAIGNS, [
        campaigns(0, {"c": "Of a"}),
        campaigns(1, {"c": "Of b"}, account="b"),
        campaigns(2, {}, account="b"),
        campaigns(3, {}),
        campaigns(4, {"c": "Of b"}, account="b"),
    ])  # fmt: skip
    assert histories.states(CAMPAIGNS, "campaign_name || ' by ' || advertiser_id") == [
        ("c", "Of a by a", 0, 1, False),
        ("c", "Of b by b", 1, 2, False),
        ("c", "Of a by a", 2, 3, False),
        ("c", "Of b by b", 4, None, True),
    ]


def test_rows_that_base_rejects_are_no_states(histories: Histories) -> None:
    """Without a key, malformed, or the second of its key: the first stands, or the one that somebody has released."""
    second = Snapshot(1, (
        CAMPAIGNS.row(None, "Nobody", "a"),
        {**CAMPAIGNS.row("c", "Malformed", "a"), "_reject": "malformed_line"},
        CAMPAIGNS.row("c", "Mine", "a"),
        CAMPAIGNS.row("c", "Mine twice", "a"),
    ))  # fmt: skip
    histories.build(CAMPAIGNS, [campaigns(0, {"c": "Mine"}), second])
    assert histories.states(CAMPAIGNS, "campaign_name") == [("c", "Mine", 0, None, True)]
    histories.build(CAMPAIGNS, [campaigns(0, {"c": "Mine"}), second], released=(1, 3))
    assert histories.states(CAMPAIGNS, "campaign_name") == [
        ("c", "Mine", 0, 1, False),
        ("c", "Mine twice", 1, None, True),
    ]


def test_a_clock_that_goes_back_makes_no_state_end_before_it_begins(histories: Histories) -> None:
    """Knowledge is the order of commits: what two commits of one instant say is what the second says."""
    histories.build(CAMPAIGNS, [
        campaigns(5, {"c": "First"}),
        campaigns(3, {"c": "Second"}),
        campaigns(4, {"c": "Third"}),
        campaigns(6, {"c": "Third"}),
        campaigns(7, {"c": "Fourth"}),
    ])  # fmt: skip
    assert histories.states(CAMPAIGNS, "campaign_name") == [
        ("c", "Third", 5, 7, False),
        ("c", "Fourth", 7, None, True),
    ]


@EVERY_ENTITY
def test_at_each_commit_the_history_is_what_the_table_of_today_was(histories: Histories, entity: Entity) -> None:
    """Whatever lands: two accounts, gaps, duplicates, rejected rows, unusable extractions, two at one instant."""
    ended = 0
    for seed in range(2):
        snapshots = _landed(entity, random.Random(f"{entity.table} {seed}"))  # noqa: S311 - test data
        was = {}
        for number in range(1, len(snapshots) + 1):
            histories.build(entity, snapshots[:number])
            was[snapshots[number - 1].hour] = histories.today(entity)  # of one instant the last commit counts
            assert histories.shown(entity) == was[snapshots[number - 1].hour]
        assert {hour: histories.shown(entity, hour) for hour in was} == was
        assert histories.overlaps(entity) == []
        ended += len(histories.rows(f"from marts.{entity.table}_history where not is_current"))
    assert ended > 3


def _landed(entity: Entity, chance: random.Random) -> list[Snapshot]:
    """Twelve extractions of two accounts that list some of three things, which are called one of two names or none."""
    hour, found = 0, []
    for _ in range(12):
        hour += chance.choice([0, 1, 1, 2])
        account = chance.choice("ab")
        rows = [
            entity.row(chance.choice(["X1", "X2", "X3", None]), chance.choice(["p", "p", "q", None]), account)
            for _ in range(chance.choice([0, 2, 3, 4]))
        ]
        rows = [{**row, "_reject": "malformed_line"} if chance.random() < 0.1 else row for row in rows]
        is_usable = chance.random() < 0.8
        found.append(Snapshot(hour, tuple(rows), account, is_complete=is_usable, is_held=chance.random() < 0.1))
    return found
