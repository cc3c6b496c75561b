"""Random histories of landed commits over small sets of names, so that they touch each other all the time."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import duckdb
from dbt_compiled import Commit
from hypothesis import strategies as st

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
MARKETPLACES = {"US": ("ATVPDKIKX0DER", "USD", "Amazon.com"), "UK": ("A1F83G8C2ARO7P", "GBP", "Amazon.co.uk")}
LANDED_BY_HISTORIES = (
    "amazon_seller__order_lines", "links__registrations", "links__clicks", "events__touchpoints",
    "events__conversions", "amazon_attribution__products", "tiktok_ads__ads", "reference__promo_codes",
    "tiktok_shop__orders", "tiktok_shop__affiliate_orders", "tiktok_organic__videos", "tiktok_organic__account_daily",
    "reference__creators",
)  # fmt: skip
DAYS = 24
RELEASED_RULES = "|duplicate_key|non_amazon|outside_window|"
# How many times as many histories as a test run has time for; `make prove` sets it.
SCALE = int(os.environ.get("PHYGITAL_TEST_HISTORIES", "1"))
Row = dict[str, Any]

_days = st.integers(0, DAYS)
# Few instants: ties, touches at the conversion, touches exactly as old as a window.
_instants = st.builds(lambda day, hour: BEGIN + timedelta(days=day, hours=hour), _days, st.sampled_from((0, 8, 16)))
_markets = st.sampled_from(tuple(MARKETPLACES))
_ads = st.sampled_from(("ad1", "ad2", "ad3"))
_groups = st.sampled_from(("g1", "g2"))
_asins = st.sampled_from(("B1", "B2"))
_posts = st.sampled_from(("post", "other"))
_creators = st.sampled_from(("ann", "bob"))
_accounts = st.sampled_from(("biz1", "biz2"))
_visitors = st.sampled_from(("v1", "v2", "v3"))
_orders = st.sampled_from(tuple(f"o{number}" for number in range(6)))
_shop_orders = st.sampled_from(("s1", "s2"))
_journeys = st.sampled_from(("j1", "j2"))


_seldom = st.sampled_from((False, False, False, False, True))
# Mostly a thing keeps its own instant and market from version to version, so that nothing else gives its change away.
_moves = _seldom


@dataclass(frozen=True)
class Decision:
    """What a person says of something landed: this row may stand although it breaks a rule, or this commit may not.

    Args:
        relation: the raw relation of its stream.
        number: the commit's place in the stream's order of knowledge.
        row: the row that may stand; None when the whole commit is held.
        place: its place among all decisions.
    """

    relation: str
    number: int
    row: int | None = None
    place: int = 0

    def land(self, con: duckdb.DuckDBPyConnection) -> None:
        """Note it; Ledger replays it when the commit is there."""
        manifest = f"{self.relation}-{self.number}"
        if self.row is None:
            con.execute("insert into raw.held values ($1)", [manifest])
            return
        con.execute("delete from raw.released_rows where _manifest_id = $1 and _row = $2", [manifest, self.row])
        con.execute(
            "insert into raw.released_rows values ($1, $2, $3, $4, $5, $6)",
            [*self.relation.split("__"), manifest, self.row, RELEASED_RULES, self.place],
        )


Event = Commit | Decision


def own_instant(name: str) -> datetime:
    """Where a thing is in time when nobody moves it."""
    return BEGIN + timedelta(days=sum(name.encode()) * 7 % DAYS, hours=8)


def utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def made_order_lines(
    order: str,
    market: str,
    instant: datetime,
    is_moved: bool,
    status: str,
    lines: list[tuple[str, int]],
    code: str,
    is_shipped_for_others: bool = False,
) -> Any:
    marketplace, currency, sales_channel = MARKETPLACES[market if is_moved else "US"]
    if is_shipped_for_others:
        sales_channel = "Non-Amazon"
    bought = instant if is_moved else own_instant(order)
    rows = [
        {
            "marketplace_id": marketplace, "amazon_order_id": order, "purchase_date": bought.isoformat(),
            "last_updated_date": bought.isoformat(), "order_status": status, "item_status": status,
            "sales_channel": sales_channel, "sku": f"S-{asin}", "asin": asin, "quantity": 1, "currency": currency,
            "item_price": f"{cents / 100:.2f}", "item_promotion_discount": "", "promotion_ids": code,
        }
        for asin, cents in lines
    ]  # fmt: skip
    return "amazon_seller__order_lines", rows, {}


def _together(landings: list[Any]) -> Any:
    """One commit of what several would have landed."""
    return landings[0][0], [row for _, rows, _ in landings for row in rows], landings[0][2]


def _rows(relation: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    rows = st.lists(st.fixed_dictionaries(fields), min_size=1, max_size=6)
    return rows.map(lambda found: (relation, found, {}))


def made_event_conversion(
    name: str, journey: str, instant: datetime, is_moved: bool, amount: int, currency: str
) -> Any:
    row = {
        "conversion_id": name, "journey_key": journey if is_moved else "j1", "net_amount_minor": amount,
        "converted_at": utc(instant if is_moved else own_instant(name)), "currency": currency,
    }  # fmt: skip
    return "events__conversions", [row], {}


def made_products(day: int, rows: list[tuple[str, str, int]], days_beside: int = 0) -> Any:
    date = f"{BEGIN + timedelta(days=day + days_beside):%Y%m%d}"
    claimed: list[Row] = [
        {"profile_id": "p", "date": date, "campaign_id": "k1", "ad_group_id": group, "publisher": "TikTok",
         "product_asin": asin, "product_conversion_type": "Promoted", "attributed_purchases14d": count,
         "attributed_sales14d": "10.00"}
        for group, asin, count in rows
    ]  # fmt: skip
    window = (f"{BEGIN + timedelta(days=day):%Y-%m-%d}",) * 2
    return "amazon_attribution__products", claimed, {"account": "p", "window": window}


def made_shop_order(order: str, price: int, creator: str) -> list[Any]:
    created = own_instant(order)
    seconds = int(created.timestamp())
    row = {
        "shop_id": "shop", "order_id": order, "status": "COMPLETED", "create_time": seconds, "paid_time": seconds,
        "update_time": seconds, "payment_currency": "USD", "line_item_id": f"{order}-1", "line_item_currency": "USD",
        "line_item_product_id": "B9", "line_item_sku_id": "k", "line_item_sale_price": f"{price / 100:.2f}",
        "line_item_original_price": f"{price / 100:.2f}", "line_item_display_status": "COMPLETED",
        "commerce_platform": "TIKTOK_SHOP",
    }  # fmt: skip
    day = f"{created:%Y-%m-%d}"
    affiliate = {
        "shop_id": "shop", "order_id": order, "create_date": day, "create_time": seconds, "status": "COMPLETED",
        "sku_id": "k", "creator_username": creator, "quantity": 1, "price_currency": "USD",
    }  # fmt: skip
    landed = [("tiktok_shop__orders", [row], {"account": "shop"})]
    if creator:
        landed.append(("tiktok_shop__affiliate_orders", [affiliate], {"account": "shop", "window": (day, day)}))
    return landed


def made_ads_snapshot(contents: dict[str, str]) -> Any:
    rows = [
        {"ad_id": ad, "campaign_id": "k1", "adgroup_id": "g1" if ad == "ad1" else "g2", "tiktok_item_id": content,
         "landing_page_url": "https://www.amazon.com/dp/B1"}
        for ad, content in contents.items()
    ]  # fmt: skip
    return "tiktok_ads__ads", rows, {"account": "adv"}


def made_codes(owners: dict[str, str]) -> Any:
    rows = [
        {"code": code, "creator_id": creator, "content_id": "post", "market": "US", "valid_from": utc(BEGIN)}
        for code, creator in owners.items()
    ]
    return "reference__promo_codes", rows, {}


def made_posts(account: str, posts: list[str], day: int) -> Any:
    rows = [{"business_id": account, "item_id": post, "snapshot_date": _date(day)} for post in posts]
    return "tiktok_organic__videos", rows, {"account": account, "window": (_date(day),) * 2}


def made_handle(account: str, handle: str, day: int) -> Any:
    """What an account is called on a day."""
    row = {"business_id": account, "date": _date(day), "username": handle}
    return "tiktok_organic__account_daily", [row], {"account": account, "window": (_date(day),) * 2}


def made_creators(handles: dict[str, str]) -> Any:
    """The list of creators; nobody has the handle of another."""
    owners = {handle: creator for creator, handle in handles.items()}
    rows = [{"creator_id": creator, "handle": handle} for handle, creator in owners.items()]
    return "reference__creators", rows, {}


def _date(day: int) -> str:
    return f"{BEGIN + timedelta(days=day):%Y-%m-%d}"


# Of the days of the orders, and beside them.
_claim_days = st.builds(
    lambda order, beside: (own_instant(order) - BEGIN).days + beside, _orders, st.sampled_from((0, 0, -1, 1))
)
_landings = st.one_of(
    st.lists(
        st.builds(
            made_order_lines,
            _orders, _markets, _instants, _moves,
            st.sampled_from(("Shipped", "Shipped", "Pending", "Cancelled")),
            st.lists(st.tuples(_asins, st.sampled_from((0, 1, 999, 2500))), min_size=1, max_size=3),
            st.sampled_from(("", "", "Ann10", "Bob5,Ann10")),
            _seldom,
        ),
        min_size=1,
        max_size=4,
    ).map(_together),
    _rows(
        "links__registrations",
        amazon_order_id=_orders, person_hash=st.sampled_from(("p1", "p2")), visitor_id=_visitors,
        registered_at=_instants.map(utc),
    ),
    _rows(
        "links__clicks",
        click_id=st.sampled_from(tuple(f"c{number}" for number in range(6))), clicked_at=_instants.map(utc),
        visitor_id=_visitors, ad_id=st.none() | _ads, content_id=st.none() | _posts,
        creator_id=st.none() | st.just("ann"),
        country=st.sampled_from(("US", "GB")),
    ),
    _rows(
        "events__touchpoints",
        touchpoint_id=st.sampled_from(tuple(f"t{number}" for number in range(8))), journey_key=_journeys,
        occurred_at=_instants.map(utc), touch_type=st.sampled_from(("click", "view_6s", "engagement", "view_2s")),
        channel=st.sampled_from(("tiktok_ads", "mail")), content_id=st.none() | _posts,
        creator_id=st.none() | st.just("ann"),
    ),
    st.builds(
        made_event_conversion,
        st.sampled_from(("e1", "e2", "e3")), _journeys, _instants, _moves,
        st.sampled_from((0, 1, 100, -250)), st.sampled_from(("USD", "USD", "JPY")),
    ),
    st.builds(
        made_products,
        _claim_days, st.lists(st.tuples(_groups, _asins, st.integers(0, 3)), max_size=3),
        st.sampled_from((0, 0, 0, 1)),
    ),
    st.builds(made_ads_snapshot, st.dictionaries(_ads, _posts, max_size=3)),
    st.builds(made_codes, st.dictionaries(st.sampled_from(("Ann10", "Bob5")), _creators)),
    st.builds(made_posts, _accounts, st.lists(_posts, min_size=1, max_size=2, unique=True), _days),
    st.builds(made_handle, _accounts, st.sampled_from(("ann.x", "bob")), _days),
    st.builds(made_creators, st.dictionaries(_creators, st.sampled_from(("ann.x", "bob")), max_size=2)),
    st.builds(made_shop_order, _shop_orders, st.sampled_from((0, 1, 500)), st.sampled_from(("", "ann.x", "bob"))),
)  # fmt: skip
# Whose posts they are at first: rarely would a history land all that leads from a post to its creator.
ACCOUNTS = (
    made_posts("biz1", ["post"], 0), made_handle("biz1", "ann.x", 0),
    made_posts("biz2", ["other"], 0), made_handle("biz2", "bob", 0),
)  # fmt: skip
# Days between commits: a touch of a later commit than 45 days after its conversion is late.
_pauses = st.sampled_from((0, 1, 1, 30, 50))


# What is decided after a commit: of which commit before it, and of which row; a row of None holds it.
_decisions = st.none() | st.tuples(st.integers(0, 5), st.sampled_from((None, None, 0, 1, 1, 2)))
# A change shows best when nothing else reaches its lines: after most of a history come some batches of few events.
_news = st.lists(st.integers(1, 2), min_size=2, max_size=3)


@st.composite
def histories(draw: st.DrawFn, size: int) -> tuple[list[Event], list[list[Event]]]:
    """Commits and decisions in the order of knowledge, and the same in batches as they are processed, in any order."""
    drawn = draw(st.lists(st.tuples(_landings, _pauses, _decisions), min_size=size // 2, max_size=size))
    drawn = [*((landing, 0, None) for landing in ACCOUNTS), *drawn]
    landed = commits([(landing, pause) for landings, pause, _ in drawn for landing in _as_list(landings)])
    known = list(_with_decisions(landed, [decision for landings, _, decision in drawn for _ in _as_list(landings)]))
    shuffled = draw(st.permutations(known))
    ends = st.sets(st.integers(1, len(known)), max_size=4) | _news.map(lambda sizes: _ends_of_news(len(known), sizes))
    cuts = sorted(draw(ends) | {len(known)})
    return known, [shuffled[begin:end] for begin, end in zip([0, *cuts], cuts, strict=False)]


def _ends_of_news(count: int, sizes: list[int]) -> set[int]:
    """Where batches end, when batches of these sizes come last."""
    return {count - after for after in accumulate(sizes) if after < count}


def _with_decisions(landed: list[Commit], decided: list[tuple[int, int | None] | None]) -> Iterator[Event]:
    for place, (commit, decision) in enumerate(zip(landed, decided, strict=True)):
        yield commit
        if decision is not None:
            back, row = decision
            about = landed[max(0, place - back)]
            yield Decision(about.relation, about.number, row, place)


def reference_commits() -> list[Commit]:
    """What is landed before any history begins: markets, exchange rates, accounts."""
    markets = [
        {"market": market, "marketplace_id": marketplace, "country": country, "currency": currency,
         "timezone": zone, "amazon_domain": domain}
        for (market, (marketplace, currency, _)), country, zone, domain in zip(
            MARKETPLACES.items(), ("US", "GB"), ("America/Los_Angeles", "Europe/London"),
            ("amazon.com", "amazon.co.uk"), strict=True,
        )
    ]  # fmt: skip
    rates = [
        {"rate_date": "2026-09-30", "currency": currency, "units_per_eur": rate}
        for currency, rate in (("USD", "1.25"), ("GBP", "0.80"), ("JPY", "160"))
    ]
    profile = {"profile_id": "p", "currency_code": "USD", "marketplace_string_id": "ATVPDKIKX0DER",
               "timezone": "America/Los_Angeles"}  # fmt: skip
    advertiser = {"advertiser_id": "adv", "currency": "USD", "country": "US", "display_timezone": "America/New_York"}
    return commits(
        [
            (("reference__markets", markets, {}), 0),
            (("reference__fx_rates", rates, {}), 0),
            (("amazon_attribution__profiles", [profile], {"account": "p"}), 0),
            (("tiktok_ads__advertisers", [advertiser], {"account": "adv"}), 0),
            (("tiktok_shop__shops", [{"shop_id": "shop", "region": "US", "name": "Shop"}], {}), 0),
        ]
    )


def _as_list(landings: Any) -> list[Any]:
    return landings if isinstance(landings, list) else [landings]


def commits(landings: list[tuple[Any, int]]) -> list[Commit]:
    """Commits of these landings, each so many days after the one before, numbered by stream."""
    numbers: dict[str, int] = {}
    at = BEGIN
    found = []
    for (relation, rows, scope), pause in landings:
        at += timedelta(days=pause, minutes=1)
        number = numbers[relation] = numbers.get(relation, -1) + 1
        found.append(Commit(relation, number, f"{at:%Y-%m-%d %H:%M:%S}", tuple(rows), **scope))
    return found
