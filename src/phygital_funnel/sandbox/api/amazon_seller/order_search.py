"""Searching orders: the rules that both versions of the orders API share, under their own parameter names."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np

from phygital_funnel.sandbox.api.amazon_seller.order_book import OrderBook
from phygital_funnel.sandbox.api.amazon_seller.parameters import Parameters
from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.world.times import MINUTE, Ints, micros

DELAY = 2 * MINUTE
"""Orders are found two minutes after they changed."""
MOST_MARKETPLACES = 50
MOST_RESULTS = 100
NONE: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Selection:
    """One search and how far it got; a page token holds it.

    Args:
        is_by_update: whether ``first`` and ``last`` limit the last change or the purchase.
        first: earliest time, in microseconds.
        last: latest time, included.
        marketplaces: ids, empty for all.
        states: wanted states; empty for all.
        is_amazon_fulfilled: whether orders that Amazon ships are wanted; all orders here are.
        size: orders on a page.
        included: names of the wanted parts.
        as_of: time of the first page's request; later pages show the same orders in the same state.
        offset: orders on earlier pages.
    """

    is_by_update: bool
    first: int
    last: int
    marketplaces: list[str]
    states: list[int]
    is_amazon_fulfilled: bool
    size: int
    included: list[str]
    as_of: int
    offset: int = 0

    def as_dict(self) -> dict[str, object]:
        """What a page token holds."""
        return asdict(self)


@dataclass(frozen=True)
class OrderSearch:
    """Reads searches and finds their pages.

    Args:
        book: the orders.
        spell: the parameter names of the API's version from those in camel case.
    """

    book: OrderBook
    spell: Callable[[str], str]

    def window(self, parameters: Parameters, now: int) -> tuple[bool, int, int]:
        """Whether the last change or the purchase is limited, and the limits.

        Raises:
            InvalidInput: not exactly one of the lower limits is given, or the limits make no sense.
        """
        created, updated = self.spell("createdAfter"), self.spell("lastUpdatedAfter")
        given = [name for name in (created, updated) if parameters.text(name)]
        if not given:
            raise InvalidInput(f"One of {created} or {updated} must be provided.")
        if len(given) == 2:
            raise InvalidInput(f"Only one of {created} and {updated} may be provided.")
        name, other = (updated, created) if given == [updated] else (created, updated)
        before, other_before = name.replace("After", "Before"), other.replace("After", "Before")
        if parameters.text(other_before):
            raise InvalidInput(f"{other_before} may not be provided with {name}.")
        first, last = self._limits(parameters, name, before, now)
        return name == updated, first, last

    def _limits(self, parameters: Parameters, after: str, before: str, now: int) -> tuple[int, int]:
        start, end = parameters.time(after), parameters.time(before)
        first = micros(start) if start else 0
        last = micros(end) if end else now - DELAY
        if last > now - DELAY:
            raise InvalidInput(f"{before} must be at least two minutes before the time of the request.")
        if end and first > last:
            raise InvalidInput(f"{after} must not be after {before}.")
        return first, last

    def marketplaces(self, parameters: Parameters) -> list[str]:
        """Wanted marketplaces; empty when the parameter is absent.

        Raises:
            InvalidInput: one is not the seller's, or there are too many.
        """
        name = self.spell("marketplaceIds")
        given = parameters.values(name)
        if len(given) > MOST_MARKETPLACES:
            raise InvalidInput(f"{name} holds more than {MOST_MARKETPLACES} marketplaces.")
        return parameters.choices(name, [market.marketplace_id for market in self.book.markets if market.has_amazon])

    def page(self, selection: Selection) -> tuple[Ints, Selection | None]:
        """Positions of the orders on a selection's page, and the next page's selection unless this is the last."""
        if not selection.is_amazon_fulfilled:
            return NONE, None
        found = self.book.matching(
            is_by_update=selection.is_by_update,
            first=selection.first,
            last=selection.last,
            markets=tuple(m for m in self.book.markets if m.marketplace_id in selection.marketplaces),
            states=frozenset(selection.states),
            now=selection.as_of,
        )
        end = selection.offset + selection.size
        return found[selection.offset : end], replace(selection, offset=end) if end < len(found) else None
