"""What Amazon Attribution claims of a world: 14-day last click among the tagged clicks that survived.

Events carry the date on which they happened, in the profile's zone. A click's figures show after 24 hours and a
purchase's after 48; a tenth of the purchases is only found at the restatement after 7 days and a twentieth at the one
after 28. Cancels and refunds are taken off at the first restatement (48 hours, 7 or 28 days after the purchase) that
follows them. Every claimed purchase also counts as a page view and a cart on its day, so views >= carts >= purchases.

A click belongs to the profile of the country it was made in and to the ad that its tag names, even where that is the
wrong one. A purchase is a distinct (order, ASIN) of the same country; sales are the price paid for the items before
promotions, net of refunds.
"""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.amazon_ads.columns import codes_of, flags_of, ints_of, sums
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import Flags, micros_of
from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER, SECOND, Ints, local_days

LOOK_BACK = 14 * DAY
CLICK_DELAY, PURCHASE_DELAY = 24 * HOUR, 48 * HOUR
RESTATEMENTS = (PURCHASE_DELAY, 7 * DAY, 28 * DAY)
ASINS = [product.asin for product in PRODUCTS]
_PARENTS = np.unique([product.parent_asin for product in PRODUCTS], return_inverse=True)[1]
_FOUND_AT_ONCE, _FOUND_AFTER_7_DAYS = 85, 95
"""Cumulative percentages of purchases known from the first and from the second restatement on."""


class Tag(NamedTuple):
    """The three levels that a tag names: aa_campaignid, aa_adgroupid and aa_creativeid."""

    campaign_id: str
    ad_group_id: str
    creative_id: str


@dataclass(frozen=True)
class Refunds:
    """Money given back, one entry per refund.

    Args:
        event: row of the purchase among the events.
        known_from: microseconds from which it is taken off.
        amount: minor units.
    """

    event: Ints
    known_from: Ints
    amount: Ints


@dataclass(frozen=True)
class Events:
    """Things that count, one entry each.

    Args:
        market: position in the world's markets.
        tag: position in ``Claims.tags``.
        asin: position in ``ASINS``.
        is_promoted: whether the product is the clicked one or a variation of it; all else of the brand is halo.
        day: day number in the profile's zone.
        known_from: microseconds; the event is reported from then on.
        known_until: microseconds; cancelled and fully refunded purchases vanish.
        sales: minor units of the profile's currency.
        is_new: whether the buyer is new to the brand.
    """

    market: Ints
    tag: Ints
    asin: Ints
    is_promoted: Flags
    day: Ints
    known_from: Ints
    known_until: Ints
    clicks: Ints
    views: Ints
    carts: Ints
    purchases: Ints
    units: Ints
    sales: Ints
    is_new: Flags

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: npt.NDArray[np.int64] | Flags) -> "Events":
        """The events of these rows."""
        return Events(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class _Clicks:
    """Tagged clicks on Amazon links, by time."""

    person: Ints
    market: Ints
    at: Ints
    tag: Ints
    asin: Ints
    landed: Ints
    carted: Ints
    halo: Ints


@dataclass(frozen=True)
class _Orders:
    """Sales on Amazon that a tagged click precedes; ``click`` is its row."""

    click: Ints
    at: Ints
    cancelled_at: Ints
    person: Ints
    is_new: Flags
    order_id: pa.ChunkedArray


class Claims:
    """All that Attribution will ever report of a world.

    Attributes:
        tags: every tag that was clicked.
        events: of all markets, by day, tag and product.
        refunds: of those events.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._zones = [market.timezone for market in world.markets]
        clicks, self.tags = _tagged_clicks(world)
        purchases, refunds = self._purchases(clicks)
        events = _joined(self._landings(clicks), self._halo_views(clicks), purchases)
        first_purchase = len(events) - len(purchases)
        order = np.lexsort((events.known_from, events.asin, events.tag, events.day, events.market))
        moved = np.empty_like(order)
        moved[order] = np.arange(len(order))
        self.events = events.take(order)
        self.refunds = Refunds(moved[refunds.event + first_purchase], refunds.known_from, refunds.amount)

    def known(self, market: int, now: int) -> tuple[Events, Ints]:
        """The events of a market that are reported at a time, and their sales net of the refunds reported by then."""
        events, refunds = self.events, self.refunds
        is_reported = refunds.known_from <= now
        net = events.sales - sums(refunds.event[is_reported], refunds.amount[is_reported], len(events))
        rows = np.flatnonzero((events.market == market) & (events.known_from <= now) & (now < events.known_until))
        return events.take(rows), net[rows]

    def _landings(self, clicks: _Clicks) -> Events:
        return _events(
            market=clicks.market, tag=clicks.tag, asin=clicks.asin, is_promoted=np.ones(len(clicks.at), dtype=np.bool_),
            day=self._days(clicks.market, clicks.at), known_from=clicks.at + CLICK_DELAY,
            clicks=np.ones(len(clicks.at), dtype=np.int64), views=clicks.landed, carts=clicks.carted,
        )  # fmt: skip

    def _halo_views(self, clicks: _Clicks) -> Events:
        rows = np.flatnonzero(clicks.halo >= 0)
        market, at, asin = clicks.market[rows], clicks.at[rows], clicks.halo[rows]
        return _events(
            market=market, tag=clicks.tag[rows], asin=asin, is_promoted=_PARENTS[asin] == _PARENTS[clicks.asin[rows]],
            day=self._days(market, at), known_from=at + CLICK_DELAY, views=np.ones(len(rows), dtype=np.int64),
        )  # fmt: skip

    def _purchases(self, clicks: _Clicks) -> tuple[Events, Refunds]:
        orders = _claimed_orders(self._world, clicks)
        lines = _Lines(self._world, orders)
        order, click = lines.order, orders.click[lines.order]
        at, market = orders.at[order], clicks.market[click]
        found_at = at + _found_after(orders)[order]
        refunds = lines.refunds(self._world, at, found_at)
        gone = np.minimum(_restated(at, orders.cancelled_at[order]), lines.returned_at(refunds))
        one = np.ones(len(order), dtype=np.int64)
        events = _events(
            market=market, tag=clicks.tag[click], asin=lines.asin,
            is_promoted=_PARENTS[lines.asin] == _PARENTS[clicks.asin[click]], day=self._days(market, at),
            known_from=found_at, known_until=gone, views=one, carts=one, purchases=one, units=lines.units,
            sales=lines.sales, is_new=orders.is_new[order],
        )  # fmt: skip
        return events, refunds

    def _days(self, market: Ints, at: Ints) -> Ints:
        days = np.zeros(len(at), dtype=np.int64)
        for code in np.unique(market):
            rows = market == code
            days[rows] = local_days(at[rows], self._zones[code])
        return days


class _Lines:
    """The lines of the claimed orders, summed by order and product."""

    def __init__(self, world: World, orders: _Orders) -> None:
        table = world["order_lines"]
        self._ids = orders.order_id.combine_chunks()
        table = table.filter(pc.is_in(table["order_id"].cast(pa.string()), value_set=self._ids))
        order = codes_of(table["order_id"], self._ids)
        keys, purchase = np.unique(order * len(ASINS) + codes_of(table["asin"], ASINS), return_inverse=True)
        self.order, self.asin = np.divmod(keys, len(ASINS))
        price = ints_of(table["item_price_minor"])
        discount = ints_of(table["discount_minor"]) + ints_of(table["platform_discount_minor"])
        self.units = sums(purchase, ints_of(table["quantity"]), len(keys))
        self.sales = sums(purchase, price, len(keys))
        self._paid = sums(purchase, price - discount, len(keys))
        # A line is found again by its order and number.
        self._line_keys = _line_key(order, ints_of(table["line_number"]))
        self._line_purchase = purchase

    def refunds(self, world: World, purchased_at: Ints, found_at: Ints) -> Refunds:
        """What was given back and is ever reported, by row of purchase."""
        table = world["refunds"]
        table = table.filter(pc.is_in(table["order_id"].cast(pa.string()), value_set=self._ids))
        keys = _line_key(codes_of(table["order_id"], self._ids), ints_of(table["line_number"]))
        order = np.argsort(self._line_keys)
        line = order[np.searchsorted(self._line_keys[order], keys)] if len(keys) else np.empty(0, dtype=np.int64)
        purchase = self._line_purchase[line]
        known_from = _restated(purchased_at[purchase], micros_of(table["refunded_at"]))
        known_from = np.maximum(known_from, found_at[purchase])
        kept = np.flatnonzero(known_from < NEVER)
        return Refunds(purchase[kept], known_from[kept], ints_of(table["amount_minor"])[kept])

    def returned_at(self, refunds: Refunds) -> Ints:
        """When the last of the money of each purchase was given back; ``NEVER`` while some of it is kept."""
        count = len(self.order)
        last = np.zeros(count, dtype=np.int64)
        np.maximum.at(last, refunds.event, refunds.known_from)
        is_gone = (sums(refunds.event, refunds.amount, count) >= self._paid) & (last > 0)
        return np.where(is_gone, last, NEVER)


def _line_key(order: Ints, number: Ints) -> Ints:
    return order * 1_000_000 + number


def _joined(*parts: Events) -> Events:
    return Events(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Events)))


def _events(**given: npt.NDArray[Any]) -> Events:
    """Events whose other columns are zero, and that never vanish unless it is said."""
    count = len(given["day"])
    zeros = np.zeros(count, dtype=np.int64)
    default: dict[str, npt.NDArray[Any]] = dict.fromkeys(("clicks", "carts", "purchases", "units", "sales"), zeros)
    default |= {"known_until": np.full(count, NEVER), "is_new": np.zeros(count, dtype=np.bool_)}
    return Events(**(default | given))


def _found_after(orders: _Orders) -> Ints:
    """How long after each purchase it is found; who is found late follows from the order and is no draw."""
    percentile = (orders.person * 7919 + orders.at // SECOND) % 100
    late = np.where(percentile < _FOUND_AFTER_7_DAYS, RESTATEMENTS[1], RESTATEMENTS[2])
    return np.where(percentile < _FOUND_AT_ONCE, RESTATEMENTS[0], late)


def _restated(purchased_at: Ints, changed_at: Ints) -> Ints:
    """When changes after purchases are reported: at the next restatement; ``NEVER`` after the last one."""
    known_from = np.full(len(purchased_at), NEVER)
    for after in reversed(RESTATEMENTS):
        known_from = np.where(changed_at <= purchased_at + after, purchased_at + after, known_from)
    return known_from


def _tagged_clicks(world: World) -> tuple[_Clicks, tuple[Tag, ...]]:
    table = world["clicks"]
    countries = [market.country if market.has_amazon else "" for market in world.markets]
    market = codes_of(table["country"], countries)
    is_tagged = flags_of(table["has_tag"]) & table["tag_ad_id"].is_valid().to_numpy()
    is_amazon = codes_of(table["destination"], ["amazon"]) == 0
    rows = np.flatnonzero(is_tagged & is_amazon & (market >= 0))
    table, market = table.take(pa.array(rows)), market[rows]
    tag, tags = _tags(world, table)
    clicks = _Clicks(
        ints_of(table["person_id"]), market, micros_of(table["clicked_at"]), tag, codes_of(table["asin"], ASINS),
        ints_of(table["landed"]), ints_of(table["carted"]), codes_of(table["halo_asin"], ASINS),
    )  # fmt: skip
    return clicks, tags


def _tags(world: World, clicks: pa.Table) -> tuple[Ints, tuple[Tag, ...]]:
    """The tag of each click; one that names no ad we know keeps the campaign and ad group of the clicked ad."""
    columns = ("ad_id", "campaign_id", "adgroup_id")
    ads = {ad["ad_id"]: Tag(ad["campaign_id"], ad["adgroup_id"], ad["ad_id"]) for ad in _rows(world["ads"], columns)}
    pairs = clicks.select(["tag_ad_id", "ad_id"]).append_column("row", pa.array(np.arange(clicks.num_rows)))
    grouped = pairs.group_by(["tag_ad_id", "ad_id"]).aggregate([("row", "list")])
    named = []
    for written, clicked in zip(grouped["tag_ad_id"].to_pylist(), grouped["ad_id"].to_pylist(), strict=True):
        own = ads.get(written) or ads.get(clicked)
        named.append(own._replace(creative_id=written) if own else Tag(written, written, written))
    tags = tuple(sorted(set(named)))
    position = {tag: number for number, tag in enumerate(tags)}
    found = np.zeros(clicks.num_rows, dtype=np.int64)
    for tag, rows in zip(named, grouped["row_list"], strict=True):
        found[rows.values.to_numpy()] = position[tag]
    return found, tags


def _rows(table: pa.Table, columns: tuple[str, ...]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = table.select(columns).to_pylist()
    return rows


def _claimed_orders(world: World, clicks: _Clicks) -> _Orders:
    """Sales that a tagged click of the same person and country precedes by less than 14 days."""
    table = world["orders"]
    market = codes_of(table["market"], [market.code for market in world.markets])
    is_sale = (codes_of(table["platform"], ["amazon"]) == 0) & ~pc.starts_with(
        table["sales_channel"].cast(pa.string()), "Non-Amazon"
    ).fill_null(False).to_numpy()  # fmt: skip
    person = ints_of(table["person_id"])
    # Few buyers clicked: sorting is spared those who did not.
    rows = np.flatnonzero(is_sale & np.isin(person, clicks.person))
    count = len(world.markets)
    at = micros_of(table["purchased_at"])[rows]
    click = last_clicks(clicks.person * count + clicks.market, clicks.at, person[rows] * count + market[rows], at)
    is_claimed = click >= 0
    is_claimed[is_claimed] = (at - clicks.at[click])[is_claimed] < LOOK_BACK
    rows, click, at = rows[is_claimed], click[is_claimed], at[is_claimed]
    table = table.take(pa.array(rows))
    return _Orders(
        click, at, micros_of(table["cancelled_at"]), person[rows], flags_of(table["is_new_to_brand"]),
        table["order_id"].cast(pa.string()),
    )  # fmt: skip


def last_clicks(click_of: Ints, clicked_at: Ints, order_of: Ints, ordered_at: Ints) -> Ints:
    """For every order the row of the buyer's last click until then; -1 when there is none.

    Args:
        click_of: who clicked; equal numbers are the same person.
        clicked_at: when.
        order_of: who ordered.
        ordered_at: when; a click at the very moment of the order counts.
    """
    who, when = np.concatenate([click_of, order_of]), np.concatenate([clicked_at, ordered_at])
    is_order = np.arange(len(who)) >= len(click_of)
    by_time = np.lexsort((is_order, when, who))
    ordered = is_order[by_time]
    # Walking through time, the place of the last click that was passed, whoever made it.
    place = np.maximum.accumulate(np.where(ordered, -1, np.arange(len(who))))
    last = np.where(place >= 0, by_time[place], -1)
    is_same = (last >= 0) & (who[last] == who[by_time])
    found = np.full(len(who), -1, dtype=np.int64)
    found[by_time] = np.where(is_same, last, -1)
    return found[len(click_of) :]
