"""What is in an order: its lines, what they cost in which currency, and what is taken off."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import Flags, Floats, micros_of
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.prices import unit_prices
from phygital_funnel.sandbox.world.randomness import Randomness, RowDraws
from phygital_funnel.sandbox.world.sampling import ranges, weighted
from phygital_funnel.sandbox.world.times import HOUR, Ints

EXTRA_LINES_MEAN = 0.25
PROMOTED_SHARE = 0.8
"""Share of caused orders whose first line is the product that the exposure showed."""
TWO_UNITS_SHARE = 0.08
CODE_DISCOUNT = 0.1
PLATFORM_DISCOUNT_SHARE, PLATFORM_DISCOUNT = 0.15, 0.08
"""Share of Shop orders with a voucher that TikTok pays for, and its size."""
FREE_SHIPPING_USD, SHIPPING_USD = 25, 4


@dataclass(frozen=True)
class Baskets:
    """Lines of orders, order by order.

    Args:
        counts: lines of each order.
        product: product number of each line.
        quantity: units of each line.
    """

    counts: Ints
    product: Ints
    quantity: Ints

    @property
    def order(self) -> Ints:
        """Order row of each line."""
        rows: Ints = np.repeat(np.arange(len(self.counts)), self.counts)
        return rows

    @property
    def number(self) -> Ints:
        """Line number within its order, from 1."""
        return ranges(np.ones(len(self.counts), dtype=np.int64), self.counts)

    @property
    def first_product(self) -> Ints:
        """Product of each order's first line."""
        first: Ints = self.product[np.cumsum(self.counts) - self.counts]
        return first

    def value_usd(self) -> Floats:
        """Value of each order in US dollars at US prices, by which it is small or large in every market."""
        prices = np.array([product.price for product in PRODUCTS])
        cents = np.bincount(self.order, weights=prices[self.product] * self.quantity, minlength=len(self.counts))
        dollars: Floats = cents / 100
        return dollars

    def take(self, rows: Ints) -> "Baskets":
        """The baskets of these orders, in this order."""
        lines = self.line_rows(rows)
        return Baskets(self.counts[rows], self.product[lines], self.quantity[lines])

    def line_rows(self, rows: Ints) -> Ints:
        """Row of each line of these orders."""
        return ranges((np.cumsum(self.counts) - self.counts)[rows], self.counts[rows])


def draw_baskets(shown: Ints, sought: Ints, randomness: Randomness) -> Baskets:
    """Baskets of orders, whose first line is the product sought, or often the product shown, or else any.

    Each kind of number has its own generator, so that the first orders have the same baskets whatever follows them.

    Args:
        shown: product that the causing exposure showed, -1 for baseline orders.
        sought: product whose coupon brought the order, -1 for the others.
        randomness: of the world.
    """
    counts = 1 + randomness.stream("basket sizes").poisson(EXTRA_LINES_MEAN, len(shown))
    total = int(counts.sum())
    weights = np.array([product.weight for product in PRODUCTS])
    product = weighted(randomness.stream("basket products"), weights, total)
    first = np.cumsum(counts) - counts
    is_promoted = (shown >= 0) & (randomness.stream("promoted products").random(len(shown)) < PROMOTED_SHARE)
    product[first[is_promoted]] = shown[is_promoted]
    product[first[sought >= 0]] = sought[sought >= 0]
    quantity = 1 + (randomness.stream("basket units").random(total) < TWO_UNITS_SHARE)
    return Baskets(counts, product, quantity.astype(np.int64))


@dataclass(frozen=True)
class Prices:
    """What the lines of orders cost, in minor units of their market's currency.

    Args:
        item: line total before discounts; 0 for samples.
        tax: on top of the item price, after discounts.
        discount: funded by the seller.
        platform_discount: funded by TikTok.
        shipping: paid by the buyer; on the first line of the order.
    """

    item: Ints
    tax: Ints
    discount: Ints
    platform_discount: Ints
    shipping: Ints


@dataclass(frozen=True)
class Terms:
    """Per order what its prices depend on: market number, time, whether it is on the Shop, a sample, or has a code."""

    market: Ints
    purchased_at: Ints
    is_shop: Flags
    is_sample: Flags
    has_code: Flags


def price(design: Design, baskets: Baskets, terms: Terms, promotions: pa.Table, draws: RowDraws) -> Prices:
    """Prices of all lines; a line gets the larger of the running promotion and the code's discount."""
    order = baskets.order
    market, product = terms.market[order], baskets.product
    unit = unit_prices(design, market, product, terms.purchased_at[order], terms.is_shop[order])
    item = np.where(terms.is_sample[order], 0, unit * baskets.quantity)
    rate = discount_rates(design, promotions)[market, product, _hour(design, terms.purchased_at)[order]]
    rate = np.maximum(rate, np.where(terms.has_code[order], CODE_DISCOUNT, 0))
    discount = np.rint(item * rate).astype(np.int64)
    voucher = terms.is_shop & (draws.uniform("vouchers") < PLATFORM_DISCOUNT_SHARE)
    platform_discount = np.rint((item - discount) * np.where(voucher, PLATFORM_DISCOUNT, 0)[order]).astype(np.int64)
    tax_rate = np.array([place.tax_rate for place in design.markets])[market]
    return Prices(
        item,
        np.rint((item - discount) * tax_rate).astype(np.int64),
        discount,
        platform_discount,
        _shipping(design, baskets, terms),
    )


def _shipping(design: Design, baskets: Baskets, terms: Terms) -> Ints:
    fee = np.array([round(SHIPPING_USD * entry.price_factor) * 10**entry.exponent for entry in design.markets])
    is_small = baskets.value_usd() < FREE_SHIPPING_USD
    paid = np.where(terms.is_shop & is_small & ~terms.is_sample, fee[terms.market], 0)
    shipping: Ints = np.where(baskets.number == 1, paid[baskets.order], 0)
    return shipping


def _hour(design: Design, moments: Ints) -> Ints:
    """Hour of the period, which is as fine as promotions and stock-outs come."""
    hours: Ints = (moments - design.start) // HOUR
    return hours


def discount_rates(design: Design, promotions: pa.Table) -> Floats:
    """Seller-funded discount by market, product and hour of the period: the largest of what runs."""
    return hourly(design, promotions, promotions["discount_rate"].to_pylist())


def hourly(design: Design, spans: pa.Table, values: list[float]) -> Floats:
    """The largest value by market, product and hour of the period; spans without an ASIN hold for all products."""
    asins = [product.asin for product in PRODUCTS]
    codes = [market.code for market in design.markets]
    grid = np.zeros((len(codes), len(asins), design.size.days * 24))
    first, last = (np.maximum(_hour(design, micros_of(spans[name])), 0) for name in ("starts_at", "ends_at"))
    for row, (code, asin, value) in enumerate(
        zip(spans["market"].to_pylist(), spans["asin"].to_pylist(), values, strict=True)
    ):
        products = slice(None) if asin is None else [asins.index(asin)]
        cells = grid[codes.index(code), products, first[row] : last[row]]
        grid[codes.index(code), products, first[row] : last[row]] = np.maximum(cells, value)
    return grid
