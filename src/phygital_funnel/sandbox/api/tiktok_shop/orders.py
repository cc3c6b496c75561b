"""The orders of one shop: search, and the rows that everything about them is written from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.fragments import Fragments
from phygital_funnel.sandbox.api.tiktok_shop.paging import Page, page_of
from phygital_funnel.sandbox.api.tiktok_shop.products import warehouse_id
from phygital_funnel.sandbox.api.tiktok_shop.requests import PARAMETER, Parameters, ShopRefused
from phygital_funnel.sandbox.api.tiktok_shop.timeline import STATUSES, State, Timeline, micros_or_never
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import DAY, SECOND, Ints, micros

SHIPPING_TYPE = "SELLER"
MOST_WRITTEN = 8_000
"""Orders of a shop that are kept as JSON, about 16 MB."""
RETURN_TAKES = 5 * DAY
"""From a buyer's request to the refund; for a refund soon after delivery, the time since then."""
_STATUS_FILTERS = (*STATUSES, "PARTIALLY_SHIPPING")
_SORT_FIELDS = ("create_time", "update_time")


@dataclass(frozen=True)
class Line:
    """One line of an order; amounts in minor units, for all its units together."""

    number: int
    asin: str
    sku: str
    quantity: int
    price: int
    tax: int
    discount: int
    platform_discount: int
    shipping: int
    commission: int

    @property
    def revenue(self) -> int:
        """What the seller gets for the goods; TikTok makes up for its own discount."""
        return self.price - self.discount

    @property
    def paid(self) -> int:
        """What the buyer pays for the goods."""
        return self.revenue - self.platform_discount


@dataclass(frozen=True)
class Unit:
    """One unit of a line, which TikTok Shop lists as a line of its own."""

    line: Line
    number: int


_FACTS = (
    "ship_city", "ship_state", "ship_postal_code", "is_sample", "creator_id", "video_id", "live_id",
)  # fmt: skip
_LINE_COLUMNS = (
    "line_number", "asin", "sku", "quantity", "item_price_minor", "item_tax_minor", "discount_minor",
    "platform_discount_minor", "shipping_minor", "commission_minor",
)  # fmt: skip


class OrderBook:
    """The orders of one shop in order of time, with their lines and refunds.

    Args:
        world: the simulated world.
        market: whose shop it is.
    """

    def __init__(self, world: World, market: Market) -> None:
        self.market = market
        table = world["orders"]
        is_here = pc.and_(pc.equal(table["platform"], "tiktok_shop"), pc.equal(table["market"], market.code))
        positions = np.flatnonzero(np.asarray(pc.fill_null(is_here, False)))
        created = micros_or_never(table["purchased_at"])[positions]
        self.positions: Ints = positions[np.argsort(created, kind="stable")]
        """Where each order stands in the world's table; the numbers of its line items are made from it."""
        orders = table.take(pa.array(self.positions)).combine_chunks()
        self.timeline = Timeline(orders)
        self.facts: dict[str, list[Any]] = {name: orders[name].to_pylist() for name in _FACTS}
        """Columns that are passed on as they are."""
        self.ids: list[str] = [str(order_id) for order_id in orders["order_id"].to_pylist()]
        self.row_of = {order_id: row for row, order_id in enumerate(self.ids)}
        self.people: Ints = orders["person_id"].to_numpy()
        self._lines, self._first_line = self._sorted_lines(world["order_lines"])
        self.refunds = Refunds(world["refunds"], self)
        self.written: Fragments[tuple[int, int, int]] = Fragments(MOST_WRITTEN)
        """Orders as JSON by row, status and last change; a return changes no status."""

    def _sorted_lines(self, lines: pa.Table) -> tuple[dict[str, list[Any]], Ints]:
        """Columns of the shop's lines, order by order, and where each order's begin."""
        order = self._rows_of(lines["order_id"])
        chosen = np.flatnonzero(order >= 0)
        chosen = chosen[np.argsort(order[chosen], kind="stable")]
        columns = {name: lines[name].take(pa.array(chosen)).to_pylist() for name in _LINE_COLUMNS}
        return columns, np.searchsorted(order[chosen], np.arange(len(self.ids) + 1))

    def _rows_of(self, order_ids: pa.ChunkedArray) -> Ints:
        """Row of each order id; -1 for orders of other shops."""
        found = pc.index_in(order_ids.cast(pa.string()), value_set=pa.array(self.ids, pa.string()))
        rows: Ints = pc.fill_null(found, -1).combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
        return rows

    def rows_of(self, order_ids: pa.ChunkedArray) -> Ints:
        """Row of each order id of a world's table; -1 for orders of other shops."""
        return self._rows_of(order_ids)

    def lines(self, row: int) -> list[Line]:
        """The lines of an order."""
        span = range(int(self._first_line[row]), int(self._first_line[row + 1]))
        return [Line(*(self._lines[name][position] for name in _LINE_COLUMNS)) for position in span]

    def units(self, row: int) -> Iterator[Unit]:
        """The units of an order."""
        for line in self.lines(row):
            for number in range(line.quantity):
                yield Unit(line, number)

    def line_item_id(self, row: int, unit: Unit) -> str:
        """The 18 digits of a unit."""
        return f"577{self.positions[row]:010d}{unit.line.number % 100:02d}{unit.number % 1000:03d}"

    def user_id(self, row: int) -> str:
        """The 19 digits of the buyer."""
        return f"7490{self.people[row]:015d}"

    @lru_cache(maxsize=2)  # noqa: B019  a book lives as long as the process
    def at(self, now: datetime) -> State:
        """The orders as they stand at a time."""
        return self.timeline.at(micros(now), (self.refunds.changed_orders, self.refunds.changed_at))

    def search(self, parameters: Parameters, now: datetime) -> Page:
        """The page of orders that an order search asks for.

        Raises:
            ShopRefused: a parameter cannot be used.
        """
        state = self.at(now)
        created = self.timeline.made
        is_wanted = within(parameters, "create_time", created) & within(parameters, "update_time", state.updated)
        is_wanted &= self._matches(parameters, state)
        rows = state.known[is_wanted[state.known]]
        field = parameters.choice("sort_field", "create_time", _SORT_FIELDS)
        return page_of(parameters, rows, (created if field == "create_time" else state.updated)[rows])

    def _matches(self, parameters: Parameters, state: State) -> Any:
        is_wanted = np.ones(len(self.ids), dtype=bool)
        status = parameters.one_text("order_status")
        if status:
            if status not in _STATUS_FILTERS:
                raise ShopRefused(PARAMETER, f"Invalid parameter. `order_status` {status[:40]!r} is unknown.")
            is_wanted &= state.status == (STATUSES.index(status) if status in STATUSES else -1)
        buyer = parameters.one_text("buyer_user_id")
        if buyer:
            is_wanted &= self.people == _person(buyer)
        if parameters.one_text("shipping_type") not in ("", SHIPPING_TYPE):
            is_wanted[:] = False
        warehouses = parameters.texts("warehouse_ids")
        if warehouses and warehouse_id(self.market) not in warehouses:
            is_wanted[:] = False
        # The world's buyers cancel at once, and none waits for an answer.
        if parameters.body.get("is_buyer_request_cancel") is True:
            is_wanted[:] = False
        return is_wanted


class Refunds:
    """The refunds of one shop's orders in order of time.

    Args:
        table: the world's refunds.
        book: the shop's orders.
    """

    def __init__(self, table: pa.Table, book: OrderBook) -> None:
        order = book.rows_of(table["order_id"])
        refunded = micros_or_never(table["refunded_at"])
        chosen = np.flatnonzero(order >= 0)
        chosen = chosen[np.argsort(refunded[chosen], kind="stable")]
        self.positions: Ints = chosen
        """Where each refund stands in the world's table."""
        self.orders: Ints = order[chosen]
        self.refunded: Ints = refunded[chosen]
        _, _, _, _, _, delivered, _, _ = book.timeline.reached
        self.requested: Ints = _requested(self.refunded, delivered[self.orders])
        rows = table.take(pa.array(chosen))
        self.lines: Ints = rows["line_number"].to_numpy()
        self.quantities: Ints = rows["quantity"].to_numpy()
        self.amounts: Ints = rows["amount_minor"].to_numpy()
        self.reasons: list[str] = [str(reason or "") for reason in rows["reason"].to_pylist()]
        self.changed_orders: Ints = np.concatenate([self.orders, self.orders])
        self.changed_at: Ints = np.concatenate([self.requested, self.refunded])
        self._first = np.argsort(self.orders, kind="stable")
        self._bounds = np.searchsorted(self.orders[self._first], np.arange(len(book.ids) + 1))

    def of_line(self, row: int, line: int, now: int) -> tuple[int, int]:
        """Units and money given back of a line by a time in microseconds."""
        refunds = self._first[self._bounds[row] : self._bounds[row + 1]]
        refunds = refunds[(self.lines[refunds] == line) & (self.refunded[refunds] <= now)]
        return int(self.quantities[refunds].sum()), int(self.amounts[refunds].sum())


def _requested(refunded: Ints, delivered: Ints) -> Ints:
    """When buyers asked for the money: some days before they got it, but not before the package came."""
    earliest = np.where(delivered < refunded, delivered, refunded - SECOND)
    return np.maximum(refunded - RETURN_TAKES, earliest)


def within(parameters: Parameters, name: str, moments: Ints) -> Any:
    """Which times lie in the half-open range that the body's ``<name>_ge`` and ``<name>_lt`` ask for.

    Raises:
        ShopRefused: one of them is no time.
    """
    first, end = parameters.seconds(f"{name}_ge"), parameters.seconds(f"{name}_lt")
    is_within = np.ones(len(moments), dtype=bool)
    if first is not None:
        is_within &= moments >= first
    if end is not None:
        is_within &= moments < end
    return is_within


def _person(user_id: str) -> int:
    """The person behind a user id; -1 when it is not one of ours."""
    is_ours = len(user_id) == 19 and user_id.isascii() and user_id.isdecimal() and user_id.startswith("7490")
    return int(user_id[4:]) if is_ours else -1
