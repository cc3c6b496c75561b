"""The seller's Amazon orders, indexed once so that a request touches only the orders that it returns.

Orders are numbered by time of purchase ("positions"). What changes with the clock is in a ``Snapshot``.
"""

import zlib
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.columns import micros_of
from phygital_funnel.sandbox.world.times import NEVER, Ints

Flags = npt.NDArray[np.bool_]

PENDING, UNSHIPPED, SHIPPED, CANCELLED = range(4)
"""An order's states, in the order in which an order takes them."""

OTHER_PROMOTION = "SBX Free Shipping Promo"
_OTHER_PROMOTION_EVERY = 20
_ORDER_COLUMNS = (
    "order_id", "person_id", "promo_code", "sales_channel", "fulfils_order_id", "is_business", "ship_city",
    "ship_state", "ship_postal_code",
)  # fmt: skip
_LINE_COLUMNS = (
    "line_number", "asin", "sku", "quantity", "item_price_minor", "item_tax_minor", "discount_minor", "shipping_minor",
    "currency",
)  # fmt: skip
_NAMES = {product.asin: product.name for product in PRODUCTS}


@dataclass(frozen=True)
class Snapshot:
    """The orders as they stand at a time.

    Args:
        now: the time, in microseconds.
        updated: when each order that exists last changed; orders bought later are not in it.
        states: of each order that exists.
        by_update: positions in order of their last change.
    """

    now: int
    updated: Ints
    states: npt.NDArray[np.int8]
    by_update: Ints

    def updated_within(self, first: int, last: int) -> Ints:
        """Positions last changed from ``first`` to ``last``, both included, in that order."""
        times = self._update_times
        return self.by_update[np.searchsorted(times, first, "left") : np.searchsorted(times, last, "right")]

    @cached_property
    def _update_times(self) -> Ints:
        return self.updated[self.by_update]


@dataclass(frozen=True)
class KnownOrder:
    """One order with its lines as it stands at a time.

    Args:
        position: in the order book.
        market: the order's market.
        state: PENDING, UNSHIPPED, SHIPPED or CANCELLED.
        purchased: in microseconds, as are the other times.
        updated: when it last changed.
        fields: of the world's order.
        lines: of the world's order, in the order of their numbers.
    """

    position: int
    market: Market
    state: int
    purchased: int
    updated: int
    fields: dict[str, Any]
    lines: list[dict[str, Any]]

    @property
    def is_own_sale(self) -> bool:
        """Whether Amazon's storefront sold it; otherwise its warehouse only ships an order of another channel."""
        return not self.fields["fulfils_order_id"]

    @property
    def has_money(self) -> bool:
        """Pending orders show no money, and cancelled ones have none."""
        return self.state in (UNSHIPPED, SHIPPED)

    @property
    def total_minor(self) -> int:
        """What the buyer pays: items less discounts, with shipping and the tax that is not in the price."""
        return sum(paid_minor(line) for line in self.lines)

    @property
    def promotions(self) -> list[str]:
        """Identifiers of the promotions used, free text as sellers type it."""
        return promotions_of(self.fields["order_id"], self.fields["promo_code"])

    def item_id(self, line: dict[str, Any]) -> str:
        """Amazon's number of an order line."""
        return f"6{self.position:010d}{line['line_number']:03d}"


def paid_minor(line: dict[str, Any]) -> int:
    """What the buyer pays for one line, in minor units."""
    return int(line["item_price_minor"] - line["discount_minor"] + line["item_tax_minor"] + line["shipping_minor"])


def promotions_of(order_id: str, code: str | None) -> list[str]:
    """The creator's code, another promotion, both or nothing."""
    has_other = zlib.crc32(order_id.encode()) % _OTHER_PROMOTION_EVERY == 0
    return [promotion for promotion in (code, OTHER_PROMOTION if has_other else None) if promotion]


def product_name(asin: str) -> str:
    """The title of a product."""
    return _NAMES[asin]


class OrderBook:
    """Finds orders by number, purchase or last change, as they stand at a time.

    Args:
        world: the simulated world; only its Amazon orders are in the book.
    """

    def __init__(self, world: World) -> None:
        orders = world["orders"]
        orders = orders.filter(pc.equal(orders["platform"], "amazon")).combine_chunks()
        orders = _in_order(orders, np.argsort(micros_of(orders["purchased_at"]), kind="stable"))
        self.markets = world.markets
        self.orders = orders
        self.purchased = micros_of(orders["purchased_at"])
        self.cancelled = micros_of(orders["cancelled_at"])
        self.priced = self._unless_cancelled("priced_at")
        self.shipped = self._unless_cancelled("shipped_at")
        codes = pa.array([market.code for market in world.markets])
        self.market = _positions(orders["market"], codes)
        self.is_own_sale: Flags = orders["fulfils_order_id"].is_null().to_numpy()
        lines, refunds = world["order_lines"], world["refunds"]
        named = pa.chunked_array([*_strings(lines["order_id"]).chunks, *_strings(refunds["order_id"]).chunks])
        of_order = _positions(named, self.orders["order_id"])
        self._take_lines(lines, of_order[: lines.num_rows])
        self._take_refunds(refunds, of_order[lines.num_rows :])
        self.snapshot = lru_cache(maxsize=4)(self._snapshot)
        self.matching = lru_cache(maxsize=8)(self._matching)

    def _unless_cancelled(self, name: str) -> Ints:
        """When something happened to each order; NEVER when it was cancelled before."""
        times = micros_of(self.orders[name])
        return np.where(times < self.cancelled, times, NEVER)

    def _take_lines(self, lines: pa.Table, of_order: Ints) -> None:
        chosen = np.flatnonzero(of_order >= 0)
        chosen = chosen[np.lexsort((lines["line_number"].to_numpy()[chosen], of_order[chosen]))]
        self.lines = _in_order(lines, chosen)
        self.line_order = of_order[chosen]
        self._first_line = np.searchsorted(self.line_order, np.arange(self.orders.num_rows + 1))

    def _take_refunds(self, refunds: pa.Table, of_order: Ints) -> None:
        chosen = np.flatnonzero(of_order >= 0)
        chosen = chosen[np.argsort(micros_of(refunds["refunded_at"])[chosen], kind="stable")]
        self.refunds = _in_order(refunds, chosen)
        self.refund_order = of_order[chosen]
        self.refunded = micros_of(self.refunds["refunded_at"])

    def _snapshot(self, now: int) -> Snapshot:
        count = int(np.searchsorted(self.purchased, now, "right"))
        updated = self.purchased[:count].copy()
        states = np.zeros(count, np.int8)
        for state, times in ((UNSHIPPED, self.priced), (SHIPPED, self.shipped), (CANCELLED, self.cancelled)):
            is_reached = times[:count] <= now
            states[is_reached] = state
            np.maximum(updated, times[:count], out=updated, where=is_reached)
        refunds = int(np.searchsorted(self.refunded, now, "right"))
        np.maximum.at(updated, self.refund_order[:refunds], self.refunded[:refunds])
        return Snapshot(now, updated, states, np.argsort(updated, kind="stable"))

    def is_in(self, markets: tuple[Market, ...], positions: Ints) -> Flags:
        """Whether each order is of one of the markets."""
        wanted = np.array([market in markets for market in self.markets])
        found: Flags = wanted[self.market[positions]]
        return found

    def _matching(
        self,
        *,
        is_by_update: bool,
        first: int,
        last: int,
        markets: tuple[Market, ...],
        states: frozenset[int],
        now: int,
    ) -> Ints:
        """Positions of the orders that a search finds at a time; a few are kept, because pages are cut from them.

        Args:
            is_by_update: whether the limits are of the last change or of the purchase; the orders come in its order.
            first: earliest time, in microseconds.
            last: latest time, included.
            markets: empty for all.
            states: empty for all.
            now: the time, in microseconds.
        """
        snapshot = self.snapshot(now)
        found = snapshot.updated_within(first, last) if is_by_update else self.purchased_within(first, last)
        if markets:
            found = found[self.is_in(markets, found)]
        if states:
            is_wanted = np.array([state in states for state in range(CANCELLED + 1)])
            found = found[is_wanted[snapshot.states[found]]]
        return found

    def purchased_within(self, first: int, last: int) -> Ints:
        """Positions bought from ``first`` to ``last``, both included, in that order."""
        ends = np.searchsorted(self.purchased, first, "left"), np.searchsorted(self.purchased, last, "right")
        return np.arange(*ends)

    def find(self, order_id: str, now: int) -> KnownOrder | None:
        """The order of a number; None when no such order has been placed yet."""
        place = bisect_left(self._sorted_ids, order_id, key=lambda scalar: str(scalar.as_py()))
        if place == len(self._sorted_ids) or self._sorted_ids[place].as_py() != order_id:
            return None
        position = int(self._by_id[place])
        return None if self.purchased[position] > now else self.known(np.array([position]), now)[0]

    @cached_property
    def _by_id(self) -> Ints:
        order: Ints = pc.sort_indices(self.orders["order_id"]).to_numpy().astype(np.int64)
        return order

    @cached_property
    def _sorted_ids(self) -> pa.Array:
        return self.orders["order_id"].combine_chunks().take(self._by_id)

    def line_rows(self, positions: Ints) -> tuple[Ints, Ints]:
        """Rows of ``lines`` of some orders, and for each row which of the given orders it belongs to."""
        first, following = self._first_line[positions], self._first_line[positions + 1]
        counts = following - first
        of_given = np.repeat(np.arange(len(positions)), counts)
        offsets = np.arange(len(of_given)) - np.repeat(np.cumsum(counts) - counts, counts)
        return first[of_given] + offsets, of_given

    def known(self, positions: Ints, now: int) -> list[KnownOrder]:
        """Some orders with their lines, as they stand at a time at which all of them exist."""
        snapshot = self.snapshot(now)
        fields = self.orders.select(_ORDER_COLUMNS).take(positions).to_pylist()
        rows, of_given = self.line_rows(positions)
        lines: list[list[dict[str, Any]]] = [[] for _ in fields]
        for line, number in zip(self.lines.select(_LINE_COLUMNS).take(rows).to_pylist(), of_given, strict=True):
            lines[number].append(line)
        return [
            KnownOrder(
                int(position),
                self.markets[self.market[position]],
                int(snapshot.states[position]),
                int(self.purchased[position]),
                int(snapshot.updated[position]),
                fields[number],
                lines[number],
            )
            for number, position in enumerate(positions)
        ]


def _in_order(table: pa.Table, rows: Ints) -> pa.Table:
    """Some rows of a table in a given order, without a copy when it has just these."""
    is_all = len(rows) == table.num_rows and bool((rows == np.arange(len(rows))).all())
    return (table if is_all else table.take(rows)).combine_chunks()


def _strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def _positions(values: pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> Ints:
    """Where each value stands in a list without repetitions; -1 for those that are not in it."""
    found = pc.index_in(_strings(values), value_set=among.cast(pa.string()))
    positions: Ints = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return positions
