"""Order lines of the storefronts as columns of numbers, for figures summed over many orders."""

from dataclasses import dataclass

import numpy as np

from phygital_funnel.sandbox.api.amazon_seller.order_book import Flags, OrderBook
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import Ints


@dataclass(frozen=True)
class SalesLines:
    """Lines of one market in order of purchase; every field has one entry per line.

    Args:
        order: position in the order book.
        purchased: in microseconds, as are the other times.
        shipped: NEVER when it was not.
        cancelled: NEVER when it was not.
        asins: product.
        skus: the seller's number of the product.
        quantity: units.
        price_minor: of the line, before discounts and without tax.
        discount_minor: seller-funded.
        has_code: whether the buyer used a code.
        is_business: whether a business bought it.
    """

    order: Ints
    purchased: Ints
    shipped: Ints
    cancelled: Ints
    asins: np.ndarray
    skus: np.ndarray
    quantity: Ints
    price_minor: Ints
    discount_minor: Ints
    has_code: Flags
    is_business: Flags

    def where(self, chosen: Flags | slice) -> "SalesLines":
        """Some of the lines."""
        return SalesLines(**{name: column[chosen] for name, column in vars(self).items()})

    def purchased_within(self, first: int, end: int) -> "SalesLines":
        """Lines bought from ``first`` until before ``end``."""
        return self.where(slice(*np.searchsorted(self.purchased, (first, end), "left")))


class SalesFacts:
    """The storefront's own sales; orders that its warehouse ships for other channels are not in it.

    Args:
        book: the orders.
    """

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self._lines: dict[str, SalesLines] = {}

    def lines(self, market: Market) -> SalesLines:
        """The lines of a market; built on the first call."""
        if market.code not in self._lines:
            self._lines[market.code] = self._build(market)
        return self._lines[market.code]

    def _build(self, market: Market) -> SalesLines:
        book = self._book
        is_sale = book.is_own_sale & (book.market == book.markets.index(market))
        rows = np.flatnonzero(is_sale[book.line_order])
        order = book.line_order[rows]
        lines = book.lines.take(rows)
        return SalesLines(
            order=order,
            purchased=book.purchased[order],
            shipped=book.shipped[order],
            cancelled=book.cancelled[order],
            asins=np.asarray(lines["asin"].to_pylist(), dtype=str),
            skus=np.asarray(lines["sku"].to_pylist(), dtype=str),
            quantity=lines["quantity"].to_numpy(),
            price_minor=lines["item_price_minor"].to_numpy(),
            discount_minor=lines["discount_minor"].to_numpy(),
            has_code=book.orders["promo_code"].is_valid().to_numpy()[order],
            is_business=book.orders["is_business"].to_numpy()[order],
        )


def totals(groups: Ints, values: Ints, count: int) -> Ints:
    """Sum of whole numbers by group; exact, because no sum comes near 2**53."""
    return np.bincount(groups, weights=values, minlength=count).astype(np.int64)


def distinct_orders(groups: Ints, orders: Ints, count: int) -> Ints:
    """Number of different orders by group, of lines whose orders are contiguous."""
    is_first = np.ones(len(orders), bool)
    is_first[1:] = (orders[1:] != orders[:-1]) | (groups[1:] != groups[:-1])
    return np.bincount(groups[is_first], minlength=count).astype(np.int64)
