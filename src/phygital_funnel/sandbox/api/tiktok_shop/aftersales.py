"""What comes back: returns and refunds of delivered orders, and cancellations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.tiktok_shop import timeline
from phygital_funnel.sandbox.api.tiktok_shop.money import amount, shares
from phygital_funnel.sandbox.api.tiktok_shop.order_wire import CANCEL_REASON, goods, unit_amounts
from phygital_funnel.sandbox.api.tiktok_shop.orders import Line, OrderBook, Unit, within
from phygital_funnel.sandbox.api.tiktok_shop.paging import page_of
from phygital_funnel.sandbox.api.tiktok_shop.requests import Parameters
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import SECOND, Ints, micros

RETURN_STATUSES = (
    "RETURN_OR_REFUND_REQUEST_PENDING", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM",
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
)  # fmt: skip
"""In the order in which they come, at equal steps from the request to the refund."""
CANCELLED_STATUS = "CANCELLATION_REQUEST_COMPLETE"
_SORT_FIELDS = ("create_time", "update_time")


class Returns:
    """The returns of one shop.

    Args:
        book: the shop's orders.
    """

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self._refunds = book.refunds
        self._ids = np.array([f"4035{position:015d}" for position in self._refunds.positions], dtype=str)
        sent_back = self._refunds.quantities > 0
        steps = np.linspace(0, 1, len(RETURN_STATUSES))[:, None]
        took = self._refunds.refunded - self._refunds.requested
        self._reached: Ints = self._refunds.requested + np.rint(steps * took).astype(np.int64)
        # Money alone needs no parcel: the request is granted, and that is all.
        self._reached[1:-1, ~sent_back] = self._reached[0, ~sent_back]

    def search(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """What /return_refund/{version}/returns/search answers."""
        moment = micros(now)
        has_come = self._reached <= moment
        step = np.maximum(0, has_come.sum(axis=0) - 1)
        is_money = self._refunds.quantities == 0
        step = np.where(is_money & (step < len(RETURN_STATUSES) - 1), 0, step)
        created = self._reached[0] // SECOND
        updated = self._reached[step, np.arange(len(step))] // SECOND
        is_wanted = has_come[0] & within(parameters, "create_time", created)
        is_wanted &= within(parameters, "update_time", updated)
        is_wanted &= _among(parameters, "return_ids", self._ids)
        is_wanted &= _among_orders(parameters, self._book, self._refunds.orders)
        is_wanted &= _among(parameters, "return_status", np.array(RETURN_STATUSES)[step])
        is_wanted &= _among(parameters, "return_types", np.where(is_money, "REFUND", "RETURN_AND_REFUND"))
        rows = np.flatnonzero(is_wanted)
        field = parameters.choice("sort_field", "create_time", _SORT_FIELDS)
        page = page_of(parameters, rows, (created if field == "create_time" else updated)[rows])
        return page.envelope(
            "return_orders", lambda row: self._wire(row, RETURN_STATUSES[int(step[row])], int(updated[row]))
        )

    def _wire(self, row: int, status: str, updated: int) -> dict[str, Any]:
        refunds, market = self._refunds, self._book.market
        order = int(refunds.orders[row])
        line = next(line for line in self._book.lines(order) if line.number == refunds.lines[row])
        quantity, minor = int(refunds.quantities[row]), int(refunds.amounts[row])
        units = [Unit(line, number) for number in range(max(1, min(quantity, line.quantity)))]
        reason = refunds.reasons[row]
        return {
            "return_id": str(self._ids[row]),
            "order_id": self._book.ids[order],
            "return_type": "RETURN_AND_REFUND" if quantity else "REFUND",
            "return_status": status,
            "role": "BUYER",
            "return_reason": reason,
            "return_reason_text": reason.replace("_", " ").capitalize(),
            "create_time": int(self._reached[0, row] // SECOND),
            "update_time": updated,
            "shipment_type": "PLATFORM",
            "handover_method": "DROP_OFF",
            "return_method": "PLATFORM_SHIPPED",
            "is_combined_return": False,
            "is_quick_refund": False,
            "refund_amount": refund_amount(minor, 0, market),
            "return_line_items": self._line_items(row, units, shares(minor, len(units))),
        }

    def _line_items(self, row: int, units: list[Unit], amounts: list[int]) -> list[dict[str, Any]]:
        market, order, position = self._book.market, int(self._refunds.orders[row]), int(self._refunds.positions[row])
        return [
            {
                "return_line_item_id": f"4037{position:012d}{unit.number % 1000:03d}",
                "order_line_item_id": self._book.line_item_id(order, unit),
                **goods(unit.line.asin, unit.line.sku, market),
                "refund_amount": refund_amount(minor, 0, market),
            }
            for unit, minor in zip(units, amounts, strict=True)
        ]


class Cancellations:
    """The cancelled orders of one shop.

    Args:
        book: the shop's orders.
    """

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self._cancelled = book.timeline.reached[timeline.CANCELLED]
        self._ids = np.array([f"4036{position:015d}" for position in book.positions], dtype=str)

    def search(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """What /return_refund/{version}/cancellations/search answers."""
        book = self._book
        moments = self._cancelled // SECOND
        ids = self._ids
        is_wanted = (self._cancelled <= micros(now)) & within(parameters, "create_time", moments)
        is_wanted &= within(parameters, "update_time", moments)
        is_wanted &= _among(parameters, "cancel_ids", ids)
        is_wanted &= _among_orders(parameters, book, np.arange(len(ids)))
        is_wanted &= _among(parameters, "cancel_status", np.full(len(ids), CANCELLED_STATUS))
        is_wanted &= _among(parameters, "cancel_types", np.full(len(ids), "BUYER_CANCEL"))
        rows = np.flatnonzero(is_wanted)
        parameters.choice("sort_field", "create_time", _SORT_FIELDS)
        page = page_of(parameters, rows, moments[rows])
        return page.envelope("cancellations", lambda row: self._wire(row, str(ids[row])))

    def _wire(self, row: int, cancel_id: str) -> dict[str, Any]:
        book, market = self._book, self._book.market
        is_paid = bool(book.timeline.reached[timeline.ON_HOLD, row] < self._cancelled[row])
        lines = book.lines(row) if is_paid else []
        moment = int(self._cancelled[row] // SECOND)
        return {
            "cancel_id": cancel_id,
            "order_id": book.ids[row],
            "cancel_type": "BUYER_CANCEL",
            "cancel_status": CANCELLED_STATUS,
            "role": "BUYER",
            "cancel_reason": "ecom_order_to_ship_canceled_reason_need_to_change_payment_method",
            "cancel_reason_text": CANCEL_REASON,
            "create_time": moment,
            "update_time": moment,
            "should_replenish_stock": True,
            "refund_amount": _refund_of(lines, market),
            "cancel_line_items": [self._line_item(row, unit, cancel_id, is_paid=is_paid) for unit in book.units(row)],
        }

    def _line_item(self, row: int, unit: Unit, cancel_id: str, *, is_paid: bool) -> dict[str, Any]:
        amounts = unit_amounts(unit)
        subtotal, tax = (amounts["sale_price"], amounts["tax"]) if is_paid else (0, 0)
        item_id = self._book.line_item_id(row, unit)
        return {
            "cancel_line_item_id": f"{cancel_id[:4]}{item_id[3:]}",
            "order_line_item_id": item_id,
            **goods(unit.line.asin, unit.line.sku, self._book.market),
            "refund_amount": refund_amount(subtotal, tax, self._book.market),
        }


def refund_amount(subtotal: int, tax: int, market: Market, shipping: int = 0) -> dict[str, str]:
    """TikTok Shop's object of money that goes back, in minor units of the market's currency."""
    parts = {
        "refund_total": subtotal + tax + shipping,
        "refund_subtotal": subtotal,
        "refund_shipping_fee": shipping,
        "refund_tax": tax,
    }
    return {"currency": market.currency, **{name: amount(minor, market) for name, minor in parts.items()}}


def _refund_of(lines: Sequence[Line], market: Market) -> dict[str, str]:
    return refund_amount(
        sum(line.paid for line in lines),
        sum(line.tax for line in lines),
        market,
        sum(line.shipping for line in lines),
    )


def _among(parameters: Parameters, name: str, values: Any) -> Any:
    """Which values a list of the body asks for; all of them when it asks for none."""
    wanted = parameters.texts(name)
    return np.isin(values, np.array(wanted, dtype=str)) if wanted else np.ones(len(values), dtype=bool)


def _among_orders(parameters: Parameters, book: OrderBook, orders: Ints) -> Any:
    wanted = parameters.texts("order_ids")
    buyers = _among(parameters, "buyer_user_ids", _user_ids(parameters, book, orders))
    if not wanted:
        return buyers
    return buyers & np.isin(orders, [book.row_of.get(order_id, -1) for order_id in wanted])


def _user_ids(parameters: Parameters, book: OrderBook, orders: Ints) -> Any:
    # Thousands of names are made only when somebody filters by them.
    is_needed = bool(parameters.texts("buyer_user_ids"))
    return np.array([book.user_id(int(row)) for row in orders], dtype=str) if is_needed else np.zeros(len(orders))
