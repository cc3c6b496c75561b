"""Orders of a page as JSON that is written once per state of an order and kept."""

from collections.abc import Callable
from itertools import repeat
from typing import Any

import orjson

from phygital_funnel.sandbox.api.amazon_seller.order_book import KnownOrder, OrderBook
from phygital_funnel.sandbox.api.fragments import Fragments
from phygital_funnel.sandbox.world.times import Ints

Parts = frozenset[str]
"""Names of the parts of an order that a request gets to see."""
# Position, state, last change, parts. With the last change a refund counts, which changes no state.
_Key = tuple[int, int, int, Parts]


class OrderPages:
    """The orders of one version of the API.

    Args:
        write: an order with the parts that are shown.
    """

    def __init__(self, write: Callable[[KnownOrder, Parts], dict[str, Any]]) -> None:
        self._write = write
        self._kept: Fragments[_Key] = Fragments()

    def written(self, book: OrderBook, positions: Ints, now: int, parts: Parts) -> list[orjson.Fragment]:
        """Some orders, as they stand at a time at which all of them exist."""
        snapshot = book.snapshot(now)
        states, updated = snapshot.states[positions].tolist(), snapshot.updated[positions].tolist()
        keys = list(zip(positions.tolist(), states, updated, repeat(parts)))

        def write(missing: list[int]) -> list[dict[str, Any]]:
            return [self._write(order, parts) for order in book.known(positions[missing], now)]

        return self._kept.of(keys, write)
