"""Shelf prices by market, product and local day, price tests on Amazon included."""

from dataclasses import dataclass

import numpy as np

from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market, shelf_price
from phygital_funnel.sandbox.world.columns import Flags
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.times import Ints, local_days

PRICE_TEST_SHARE = 0.08
"""Share of (product, day) pairs on Amazon with a price test."""
TEST_CHANGES = (0.9, 0.95, 1.05, 1.1)
_TEST_DAYS = 10


@dataclass(frozen=True)
class LocalDays:
    """The local days of one market that the period touches."""

    market: Market
    first: int
    days: int

    @property
    def shape(self) -> tuple[int, int]:
        """Products, days."""
        return len(PRODUCTS), self.days

    def position(self, moments: Ints) -> Ints:
        """Position among the days of each moment (microseconds)."""
        return local_days(moments, self.market.timezone) - self.first

    def count(self, product: Ints, moments: Ints) -> Ints:
        """How many of the moments fall on each product and day; those outside, and products of -1, are left out."""
        day = self.position(moments)
        inside = (product >= 0) & (day >= 0) & (day < self.days)
        cell = product[inside].astype(np.int64) * self.days + day[inside]
        return np.bincount(cell, minlength=len(PRODUCTS) * self.days).reshape(self.shape)


def days_of(design: Design, market: Market) -> LocalDays:
    """The local days of a market."""
    first, last = local_days(np.array([design.start, design.end - 1]), market.timezone)
    return LocalDays(market, int(first), int(last - first + 1))


def amazon_prices(design: Design, market: Market) -> Ints:
    """Minor units by product and local day: the shelf price, and for some spells one that is being tried."""
    draw = design.randomness.stream(f"price tests {market.code}")
    days = days_of(design, market).days
    shelf = np.array([[shelf_price(product, market)] for product in PRODUCTS], dtype=np.int64)
    price = np.repeat(shelf, days, axis=1)
    for row, usual in zip(price, shelf[:, 0].tolist(), strict=True):
        for _ in range(int(draw.poisson(PRICE_TEST_SHARE * days / _TEST_DAYS))):
            first, change = int(draw.integers(0, days)), TEST_CHANGES[int(draw.integers(0, len(TEST_CHANGES)))]
            row[first : first + _TEST_DAYS] = round(usual * change)
    return price


def unit_prices(design: Design, market: Ints, product: Ints, moments: Ints, is_shop: Flags) -> Ints:
    """Price of one unit at a moment (microseconds), in minor units; the Shop has no price tests.

    Args:
        design: what determines the world.
        market: number of each row's market.
        product: number of each row's product.
        moments: when it is bought.
        is_shop: whether on TikTok Shop.
    """
    price = np.array([[shelf_price(entry, place) for entry in PRODUCTS] for place in design.markets])[market, product]
    for number, place in enumerate(design.markets):
        rows = np.flatnonzero((market == number) & ~is_shop)
        day = np.clip(days_of(design, place).position(moments[rows]), 0, None)
        price[rows] = amazon_prices(design, place)[product[rows], day]
    return price.astype(np.int64)
