"""What Amazon Attribution claims of a world: 14-day last click among the tagged clicks that survived.

Events carry the date on which they happened, in the profile's zone. A click's figures show after 24 hours and a
purchase's after 48; a tenth of the purchases is only found at the restatement after 7 days and a twentieth at the one
after 28. Cancels and refunds are taken off at the first restatement (48 hours, 7 or 28 days after the purchase) that
follows them. Every claimed purchase also counts as a page view and a cart on its day, so views >= carts >= purchases.

A purchase is a distinct (order, ASIN); sales are the price paid for the items before promotions, net of refunds.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS
from phygital_funnel.sandbox.world.delivery import micros_of
from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER, local_days

LOOK_BACK = 14 * DAY
CLICK_DELAY, PURCHASE_DELAY = 24 * HOUR, 48 * HOUR
RESTATEMENTS = (PURCHASE_DELAY, 7 * DAY, 28 * DAY)
_FOUND_AT_ONCE, _FOUND_AFTER_7_DAYS = 85, 95
"""Cumulative percentages of purchases known from the first and from the second restatement on."""


@dataclass(frozen=True)
class Event:
    """One thing that counts, with the day it counts on and the time from which it is reported.

    Args:
        ad_id: the creative level of the tag that is credited.
        day: day number in the profile's zone.
        known_from: microseconds; the event is reported from then on.
        known_until: microseconds; cancelled or fully refunded purchases vanish.
        views, carts, clicks, purchases, units: what it adds.
        sales: minor units of the profile's currency.
        refunds: (microseconds from which it is reported, minor units) taken off the sales.
        is_new: whether the buyer had not bought in the world before.
    """

    ad_id: str
    asin: str
    is_promoted: bool
    day: int
    known_from: int
    known_until: int = NEVER
    clicks: int = 0
    views: int = 0
    carts: int = 0
    purchases: int = 0
    units: int = 0
    sales: int = 0
    refunds: tuple[tuple[int, int], ...] = ()
    is_new: bool = False

    def is_known(self, now: int) -> bool:
        """Whether it is reported at a time."""
        return self.known_from <= now < self.known_until

    def net_sales(self, now: int) -> int:
        """Sales less the refunds reported by then."""
        return self.sales - sum(amount for known_from, amount in self.refunds if known_from <= now)


@dataclass
class Figures:
    """Sums of events, promoted products apart from the brand halo."""

    clicks: int = 0
    promoted: "Sums" = field(default_factory=lambda: Sums())
    halo: "Sums" = field(default_factory=lambda: Sums())

    def add(self, event: Event, now: int) -> None:
        """Count an event."""
        self.clicks += event.clicks
        (self.promoted if event.is_promoted else self.halo).add(event, now)


@dataclass
class Sums:
    """Sums of events; sales as the floats Amazon adds up, noise included."""

    views: int = 0
    carts: int = 0
    purchases: int = 0
    units: int = 0
    sales: float = 0.0
    new_purchases: int = 0
    new_units: int = 0
    new_sales: float = 0.0

    def add(self, event: Event, now: int) -> None:
        """Count an event."""
        sales = event.net_sales(now) / 100
        self.views += event.views
        self.carts += event.carts
        self.purchases += event.purchases
        self.units += event.units
        self.sales += sales
        if event.is_new:
            self.new_purchases += event.purchases
            self.new_units += event.units
            self.new_sales += sales


class Claims:
    """All events that Attribution will ever report of a world, by profile."""

    def __init__(self, world: World) -> None:
        self._zones = {market.code: market.timezone for market in MARKETS}
        self._profiles = {market.code: market.profile_id for market in MARKETS}
        self._parents = {product.asin: product.parent_asin for product in PRODUCTS}
        self.ads: dict[str, dict[str, Any]] = {ad["ad_id"]: ad for ad in world["ads"].to_pylist()}
        self.events: dict[str, list[Event]] = defaultdict(list)
        clicks = _tagged_clicks(world)
        for click in clicks:
            self._add_click(click)
        for event, market in self._purchases(world, clicks):
            self.events[self._profiles[market]].append(event)
        for events in self.events.values():
            events.sort(key=lambda event: (event.day, event.ad_id, event.asin, event.known_from))

    def _add_click(self, click: dict[str, Any]) -> None:
        market = self.ads[click["ad_id"]]["market"]
        day = self._day(market, click["at"])
        events = self.events[self._profiles[market]]
        landed = Event(
            click["ad_id"], click["asin"], True, day, click["at"] + CLICK_DELAY,
            clicks=1, views=int(click["landed"]), carts=int(click["carted"]),
        )  # fmt: skip
        events.append(landed)
        if click["halo_asin"]:
            is_promoted = self._is_promoted(click["halo_asin"], click["asin"])
            known_from = click["at"] + CLICK_DELAY
            events.append(Event(click["ad_id"], click["halo_asin"], is_promoted, day, known_from, views=1))

    def _is_promoted(self, asin: str, clicked_asin: str) -> bool:
        """The clicked product and its variations are promoted; all else of the brand is halo."""
        return self._parents[asin] == self._parents[clicked_asin]

    def _day(self, market: str, at: int) -> int:
        return int(local_days(np.array([at]), self._zones[market])[0])

    def _purchases(self, world: World, clicks: list[dict[str, Any]]) -> Iterator[tuple[Event, str]]:
        clicked: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for click in clicks:
            clicked[click["person_id"]].append(click)
        lines, refunds = _lines(world), _refunds(world)
        seen: set[int] = set()
        for order in _orders(world):
            is_new = order["person_id"] not in seen
            seen.add(order["person_id"])
            earlier = [c for c in clicked.get(order["person_id"], ()) if 0 <= order["at"] - c["at"] < LOOK_BACK]
            if earlier and not order["sales_channel"].startswith("Non-Amazon"):
                for asin, group in lines[order["order_id"]].items():
                    yield self._purchase(order, asin, group, earlier[-1], refunds, is_new=is_new), order["market"]

    def _purchase(
        self,
        order: dict[str, Any],
        asin: str,
        group: list[dict[str, Any]],
        click: dict[str, Any],
        refunds: dict[tuple[str, int], tuple[int, int]],
        *,
        is_new: bool,
    ) -> Event:
        at = order["at"]
        sales = sum(line["item_price_minor"] for line in group)
        returned = [refunds[key] for line in group if (key := (order["order_id"], line["line_number"])) in refunds]
        taken_off = tuple((_restated(at, refunded_at), amount) for refunded_at, amount in returned)
        gone = _restated(at, order["cancelled_at"])
        paid = sum(line["item_price_minor"] - line["discount_minor"] for line in group)
        if sum(amount for _, amount in taken_off) >= paid:
            gone = min(gone, max(known_from for known_from, _ in taken_off))
        return Event(
            click["ad_id"], asin, self._is_promoted(asin, click["asin"]), self._day(order["market"], at),
            known_from=at + _found_after(order["order_id"]), known_until=gone, views=1, carts=1, purchases=1,
            units=sum(line["quantity"] for line in group), sales=sales, refunds=taken_off, is_new=is_new,
        )  # fmt: skip


def _found_after(order_id: str) -> int:
    percentile = int(order_id[-2:])
    if percentile < _FOUND_AT_ONCE:
        return RESTATEMENTS[0]
    return RESTATEMENTS[1] if percentile < _FOUND_AFTER_7_DAYS else RESTATEMENTS[2]


def _restated(purchased_at: int, changed_at: int) -> int:
    """When a change after the purchase is reported: at the next restatement; ``NEVER`` after the last one."""
    return next((purchased_at + after for after in RESTATEMENTS if changed_at <= purchased_at + after), NEVER)


def _tagged_clicks(world: World) -> list[dict[str, Any]]:
    clicks = world["clicks"]
    rows = np.flatnonzero(clicks["has_tag"].to_numpy())
    columns = ("person_id", "ad_id", "asin", "landed", "carted", "halo_asin")
    chosen = clicks.take(rows)
    return [
        {"at": int(at), **row}
        for at, row in zip(micros_of(chosen["clicked_at"]), chosen.select(columns).to_pylist(), strict=True)
    ]


def _orders(world: World) -> list[dict[str, Any]]:
    orders = world["orders"]
    times = zip(micros_of(orders["purchased_at"]), micros_of(orders["cancelled_at"]), strict=True)
    rows = orders.select(["order_id", "person_id", "market", "sales_channel"]).to_pylist()
    return [{**row, "at": int(at), "cancelled_at": int(gone)} for row, (at, gone) in zip(rows, times, strict=True)]


def _lines(world: World) -> dict[str, dict[str, list[dict[str, Any]]]]:
    lines: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in world["order_lines"].to_pylist():
        lines[line["order_id"]][line["asin"]].append(line)
    return lines


def _refunds(world: World) -> dict[tuple[str, int], tuple[int, int]]:
    refunds = world["refunds"]
    return {
        (row["order_id"], row["line_number"]): (int(at), row["amount_minor"])
        for row, at in zip(refunds.to_pylist(), micros_of(refunds["refunded_at"]), strict=True)
    }
