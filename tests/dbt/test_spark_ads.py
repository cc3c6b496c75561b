"""The creator of a Spark ad is found once, where touches and cells are made, so that every mart credits her alike."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from dbt_compiled import Compiled, empty_database
from dbt_histories import (
    BEGIN,
    commits,
    made_ads_snapshot,
    made_event_conversion,
    made_order_lines,
    made_products,
    made_shop_order,
    own_instant,
    reference_commits,
    utc,
)

from phygital_funnel.warehouse.incremental_models import ALIKE, STATE

MARTS = ("mart_attribution_daily", "mart_creator_pnl_monthly", "fct_attribution_cells")
DAY = (own_instant("o3") - BEGIN).days
DATE = f"{BEGIN + timedelta(days=DAY):%Y-%m-%d}"
MONTH = ("2026-10-01", "2026-10-31")
PLACES = {"promo_code": "promo_code_net_minor", "shop_affiliate": "shop_affiliate_net_minor",
          "identity": "identity_net_minor", "event": "event_net_minor", "tag": "tag_net_minor"}  # fmt: skip


def rows(relation: str, *landed: Mapping[str, Any], **scope: Any) -> Any:
    return relation, list(landed), scope


def order(name: str, cents: int, code: str = "", asin: str = "B1") -> Any:
    """An order of one line in the US, in a cell of the claims."""
    return made_order_lines(name, "US", own_instant("o3"), True, "Shipped", [(asin, cents)], code)


def shop_order() -> list[Any]:
    """An affiliate of no list sold it, by a post of one that is on the list."""
    sold, (relation, named, scope) = made_shop_order("s1", 900, "nobody.x")
    return [sold, (relation, [{**named[0], "content_id": "post"}], scope)]


def handle(name: str, date: str) -> Any:
    """What the account that posted is called on a date."""
    return rows(
        "tiktok_organic__account_daily",
        {"business_id": "biz", "date": date, "username": name},
        account="biz",
        window=(date, date),
    )


# Nothing here names a creator but the code, and that only its own order's.
KNOWN_BEFORE = (
    made_ads_snapshot({"ad1": "post"}),
    rows("tiktok_organic__videos", {"business_id": "biz", "item_id": "post", "snapshot_date": DATE}, account="biz",
         window=(DATE, DATE)),
    handle("Ann.X", DATE),
    rows("reference__promo_codes", {"code": "Ann10", "creator_id": "ann", "content_id": "bio", "market": "US",
                                    "valid_from": utc(BEGIN)}),
    order("coded", 1000, "Ann10"),
    order("o3", 2000),
    order("o33", 3001),
    # No code is near this one, so that its share stays what it is, whosever the ad.
    order("o2", 100, asin="B2"),
    made_products(DAY, [("g1", "B1", 3), ("g1", "B2", 1)]),
    *(
        rows("amazon_attribution__performance",
             {"profile_id": "p", "date": DATE.replace("-", ""), "level": level, "campaign_id": "k1",
              "ad_group_id": "g1", "creative_id": creative, "attributed_total_purchases14d": "3"},
             account="p", part=level, window=(DATE, DATE))
        for level, creative in (("ADGROUP", None), ("CREATIVE", "ad1"))
    ),
    order("clicked", 507),
    rows("links__registrations", {"amazon_order_id": "clicked", "person_hash": "p", "visitor_id": "v",
                                  "registered_at": utc(BEGIN)}),
    rows("links__clicks",
         {"click_id": "c1", "clicked_at": utc(own_instant("o3") - timedelta(hours=3)), "visitor_id": "v",
          "ad_id": "ad1"},
         {"click_id": "c2", "clicked_at": utc(own_instant("o3") - timedelta(hours=2)), "visitor_id": "v",
          "content_id": "post"}),
    made_event_conversion("e1", "j1", BEGIN, False, 100, "USD"),
    rows("events__touchpoints",
         {"touchpoint_id": "t1", "journey_key": "j1", "touch_type": "click", "channel": "tiktok_ads",
          "occurred_at": utc(own_instant("e1") - timedelta(hours=1)), "content_id": "post"}),
    *shop_order(),
)  # fmt: skip
THE_LIST = rows("reference__creators", {"creator_id": "ann", "handle": "ann.x"}, {"creator_id": "bob", "handle": "bob"})
ANOTHER_NAME = handle("bob", MONTH[1])
OF_THE_POST = {"o2", "o3", "o33", "clicked", "e1", "s1"}


class Ledger:
    """The models up to the marts, compiled once, over one database in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
        self._con = con
        self._compiled = compiled
        for commit in reference_commits():
            commit.land(con)
        self._landed = commits([(landing, 0) for landing in (*KNOWN_BEFORE, THE_LIST, ANOTHER_NAME)])

    def knowing(self, *, news: int) -> "Ledger":
        """Build on what is known before, then once more with each piece of news."""
        for table in ("manifests", *{commit.relation for commit in self._landed}):
            self._con.execute(f"delete from raw.{table} where {self._of_histories(table)}")
        for place, commit in enumerate(self._landed[: len(KNOWN_BEFORE) + news]):
            commit.land(self._con)
            if place >= len(KNOWN_BEFORE) - 1:
                self.build(is_kept=place >= len(KNOWN_BEFORE))
        return self

    def _of_histories(self, table: str) -> str:
        names = ", ".join(f"'{commit.relation}'" for commit in self._landed)
        return f"source || '__' || stream in ({names})" if table == "manifests" else "true"

    def build(self, *, is_kept: bool) -> None:
        self._compiled.run(self._con, is_kept=is_kept)

    def query(self, query: str) -> list[tuple[Any, ...]]:
        return self._con.execute(query).fetchall()

    def kept(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table: self.query(f"from {table} order by all") for table in ALIKE}

    def reached(self) -> set[str]:
        """Orders of the lines that the last build credited."""
        return {name for (name,) in self.query(
            "select order_id from intermediate.int_reach__lines join intermediate.int_conversions__converted "
            "using (line_key)"
        )}  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    compiled = Compiled.of(tmp_path_factory.mktemp("compiled"), *STATE, *MARTS)
    with empty_database() as con:
        yield Ledger(con, compiled)


def creators_of_credit(ledger: Ledger) -> set[tuple[str, str | None]]:
    return set(ledger.query(
        "select evidence, creator_id from ledgers.fct_attribution_credit_wide where evidence <> 'unattributed'"
    ))  # fmt: skip


def test_all_credit_by_a_post_is_its_creators(ledger: Ledger) -> None:
    """By a click on its ad, a click that names only the post, a tag, a touch of the events and an affiliate."""
    before = creators_of_credit(ledger.knowing(news=0))
    assert before == {("promo_code", "ann"), *((kind, None) for kind in PLACES if kind != "promo_code")}
    assert creators_of_credit(ledger.knowing(news=1)) == {(kind, "ann") for kind in PLACES}


def test_the_daily_mart_and_the_pnl_name_the_same_creators(ledger: Ledger) -> None:
    """Per creator and evidence, the orders and the net amount of one are those of the other."""
    ledger.knowing(news=1)
    daily = dict(ledger.query(
        "select (creator_id, evidence), sum(attributed_amount_minor)::bigint from marts.mart_attribution_daily "
        "where attribution_model = 'last_engaged_touch' and evidence <> 'unattributed' group by all"
    ))  # fmt: skip
    pnl = {
        (creator, evidence): amount
        for evidence, column in PLACES.items()
        for creator, amount in ledger.query(
            f"select creator_id, sum({column})::bigint from marts.mart_creator_pnl_monthly group by creator_id"
        )
    }
    assert daily == pnl
    assert set(pnl) == {("ann", evidence) for evidence in PLACES}
    orders = "select creator_id, sum(orders), sum(retained_orders) from marts.{} where {} group by 1 order by 1"
    of_model = "attribution_model = 'last_engaged_touch' and creator_id is not null"
    found = ledger.query(orders.format(MARTS[0], of_model))
    assert found == ledger.query(orders.format(MARTS[1], "true"))
    assert found


@pytest.mark.parametrize("news", [1, 2])
def test_a_creator_who_becomes_known_reaches_what_her_posts_are_credited_with(ledger: Ledger, news: int) -> None:
    """Her list, then another name of the account: those lines are credited anew, as a full refresh credits them."""
    ledger.knowing(news=news)
    assert ledger.reached() == OF_THE_POST
    kept = ledger.kept()
    ledger.build(is_kept=False)
    assert kept == ledger.kept()
    assert {creator for evidence, creator in creators_of_credit(ledger) if evidence != "promo_code"} == {
        "ann" if news == 1 else "bob"
    }


def test_her_code_orders_take_their_claim_from_the_ad_that_shows_her_post(ledger: Ledger) -> None:
    """A known click takes one of three claims, and the order with her code another when the ad is known to be hers."""
    amounts = "select code_deducted_micro, placed_micro from ledgers.fct_attribution_cells where asin = 'B1'"
    assert [ledger.knowing(news=news).query(amounts) for news in (0, 1)] == [
        [(0, 2_000_000)],
        [(1_000_000, 1_000_000)],
    ]
