"""Affiliate orders: which creator and which content an order names, and the commission it earns."""

from bisect import bisect_right
from datetime import datetime
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.tiktok_shop import timeline
from phygital_funnel.sandbox.api.tiktok_shop.money import priced
from phygital_funnel.sandbox.api.tiktok_shop.orders import Line, OrderBook, within
from phygital_funnel.sandbox.api.tiktok_shop.paging import page_of
from phygital_funnel.sandbox.api.tiktok_shop.products import catalogue_product, product_id, sku_id
from phygital_funnel.sandbox.api.tiktok_shop.requests import Parameters
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.times import SECOND, Ints, micros

HUNDREDTHS_OF_A_PERCENT = 10_000
_COLLABORATION = "7480{:015d}"


class Creators:
    """Handles of creators, and the commission rates that their contracts had at each time."""

    def __init__(self, world: World) -> None:
        creators = world["creators"]
        self.handles: dict[str, str] = dict(
            zip(creators["creator_id"].to_pylist(), creators["handle"].to_pylist(), strict=True)
        )
        self._numbers = {creator_id: number for number, creator_id in enumerate(self.handles, start=1)}
        self._rates: dict[str, list[tuple[int, float]]] = {}
        rates = world["commission_rates"]
        since = timeline.micros_or_never(rates["valid_from"]).tolist()
        for creator_id, moment, rate in zip(
            rates["creator_id"].to_pylist(), since, rates["rate"].to_pylist(), strict=True
        ):
            self._rates.setdefault(creator_id, []).append((moment, rate))
        for periods in self._rates.values():
            periods.sort()

    def rate(self, creator_id: str, moment: int) -> float:
        """The rate in force at a time in microseconds; 0 before the first contract."""
        periods = self._rates.get(creator_id, [])
        position = bisect_right(periods, moment, key=lambda period: period[0])
        return periods[position - 1][1] if position else 0.0

    def collaboration_id(self, creator_id: str) -> str:
        """The 19 digits of the collaboration that a creator joined."""
        return _COLLABORATION.format(self._numbers[creator_id])


class Affiliates:
    """The affiliate orders of one shop.

    Args:
        book: the shop's orders.
        creators: of the world.
    """

    def __init__(self, book: OrderBook, creators: Creators) -> None:
        self._book = book
        self._creators = creators
        self._creator_ids = book.facts["creator_id"]
        self._rows: Ints = np.flatnonzero([creator_id is not None for creator_id in self._creator_ids])

    def search(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """What /affiliate_seller/202410/orders/search answers."""
        created = self._book.timeline.made
        is_wanted = within(parameters, "create_time", created)
        program = parameters.one_text("program_id")
        rows = self._rows[is_wanted[self._rows] & (created[self._rows] <= micros(now) // SECOND)]
        if program:
            ids = [self._creators.collaboration_id(self._creator_ids[row]) for row in rows]
            rows = rows[np.array(ids, dtype=str) == program]
        return page_of(parameters, rows, created[rows]).envelope("orders", lambda row: self._order(row, now))

    def _order(self, row: int, now: datetime) -> dict[str, Any]:
        book, moment = self._book, micros(now)
        delivered = int(book.timeline.reached[timeline.DELIVERED, row])
        return {
            "id": book.ids[row],
            "create_time": int(book.timeline.made[row]),
            "delivery_time": delivered // SECOND if delivered <= moment else 0,
            "status": timeline.STATUSES[int(book.at(now).status[row])],
            "skus": [self._sku(row, line, moment) for line in book.lines(row)],
        }

    def _sku(self, row: int, line: Line, now: int) -> dict[str, Any]:
        market, creator_id = self._book.market, self._creator_ids[row]
        returned, _ = self._book.refunds.of_line(row, line.number, now)
        settlement, base, commission = self._settlement(row, line, now)
        made = int(self._book.timeline.reached[timeline.UNPAID, row])
        rate = str(round(self._creators.rate(creator_id, made) * HUNDREDTHS_OF_A_PERCENT))
        return {
            "sku_id": sku_id(line.asin, market),
            "product_id": product_id(line.asin, market),
            "product_name": catalogue_product(line.asin).name,
            "creator_username": self._creators.handles[creator_id],
            **self._content(row),
            "quantity": line.quantity,
            "refunded_quantity": returned,
            "returned_quantity": returned,
            "fully_return": "Yes" if returned >= line.quantity else "No",
            "price": priced(line.revenue // line.quantity, market),
            "commission_model": "OPEN_COLLABORATION",
            "commission_tier_setting": "-",
            "commission_rate": rate,
            "creator_commission_rate": rate,
            "tap_commission_rate": "0",
            "partner_commission_rate": "0",
            "shop_ads_commission_rate": "0",
            "estimated_commission_base": priced(line.revenue, market),
            "estimated_paid_commission": priced(line.commission, market),
            "actual_commission_base": priced(base, market),
            "actual_paid_commission": priced(commission, market),
            "settlement_status": settlement,
            "open_collaboration_id": self._creators.collaboration_id(creator_id),
            "is_carousel": False,
        }

    def _settlement(self, row: int, line: Line, now: int) -> tuple[str, int, int]:
        """The state of a line's commission, with the base it was settled on and what was paid.

        What comes back before the settlement lowers it; what comes back later changes nothing any more.
        """
        reached = self._book.timeline.reached[:, row]
        settles_at = int(reached[timeline.COMPLETED])
        returned, refunded = self._book.refunds.of_line(row, line.number, min(now, settles_at))
        if reached[timeline.CANCELLED] <= now or returned >= line.quantity:
            return "INELIGIBLE", 0, 0
        if reached[timeline.ON_HOLD] > now:
            return "AWAITING PAYMENT", 0, 0
        if settles_at > now:
            return "UNSETTLED", 0, 0
        base = max(0, line.revenue - refunded)
        return "SETTLED", base, line.commission * base // max(1, line.revenue)

    def _content(self, row: int) -> dict[str, str]:
        video_id, live_id = (self._book.facts[name][row] for name in ("video_id", "live_id"))
        if live_id:
            return {"content_type": "LIVE", "content_id": str(live_id)}
        return {"content_type": "VIDEO" if video_id else "SHOP", "content_id": str(video_id or "")}
