"""What happens on known dates: sales events, coupons, stock-outs, and the spike of the viral scenarios."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.columns import timestamps
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.scenario import Scenario
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, HOUR, day_end, day_number, micros

DIP_DAYS, DIP = 10, 0.15
"""After an event demand lies this share lower for this long, because people bought ahead."""
STOCK_OUT_SHARE = 0.02
"""Share of (ASIN, day) pairs on Amazon without stock."""
BLACK_FRIDAY = "Black Friday week"

_COUPON_EVERY_DAYS = 60
_STOCK_OUT_MEAN_DAYS = 3.0
_TUESDAY, _THURSDAY = 1, 3


@dataclass(frozen=True)
class Sale:
    """A yearly sales event.

    Args:
        first: its first day, in the market.
        days: how long it lasts.
        uplift: factor on baseline demand.
        discount_rate: seller-funded discount on every product.
    """

    name: str
    first: date
    days: int
    uplift: float
    discount_rate: float


@dataclass(frozen=True)
class Spike:
    """Where and when the one viral video of a scenario spreads; times in microseconds since the epoch."""

    market: str
    asin: str
    starts_at: int
    ends_at: int


def sales_of(year: int, market: Market) -> tuple[Sale, ...]:
    """The events of a year: Amazon's where Amazon sells, else the double days of the shopping apps."""
    if not market.has_amazon:
        return tuple(
            Sale(f"{month}.{month}", date(year, month, month), 1, 2.5, 0.15) for month in (3, 6, 9, 10, 11, 12)
        )
    thanksgiving = _nearest(date(year, 11, 25), _THURSDAY)
    return (
        Sale("Spring deal days", _nearest(date(year, 3, 25), _TUESDAY), 6, 1.5, 0.15),
        Sale("Summer deal days", _nearest(date(year, 7, 9), _TUESDAY), 4, 2.5, 0.2),
        Sale("Autumn deal days", _nearest(date(year, 10, 8), _TUESDAY), 2, 2.0, 0.2),
        Sale(BLACK_FRIDAY, thanksgiving, 5, 3.5, 0.25),
    )


def _nearest(day: date, weekday: int) -> date:
    """The day of that weekday (Monday is 0) at most three days away."""
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)


def promotions(size: Size, markets: tuple[Market, ...], randomness: Randomness) -> pa.Table:
    """One row per sales event of a market, and per coupon on one product; ``asin`` is null where all are on sale.

    Events whose dip reaches into the period are listed too. Rows are ordered by start, market and product.
    """
    draw = randomness.stream("promotions")
    rows = [row for market in markets for row in (*_events(size, market), *_coupons(size, market, draw))]
    rows.sort(key=lambda row: (row[4], row[2], row[3] or ""))
    # A short period may have none, and then there is nothing to turn into columns.
    columns = list(zip(*rows, strict=True)) or [()] * 8
    return pa.table(
        {
            "promotion_id": pa.array([f"promo_{number:04d}" for number in range(len(rows))], pa.string()),
            "name": pa.array(columns[0], pa.string()),
            "kind": pa.array(columns[1], pa.string()),
            "market": pa.array(columns[2], pa.string()),
            "asin": pa.array(columns[3], pa.string()),
            "starts_at": timestamps(columns[4]),
            "ends_at": timestamps(columns[5]),
            "uplift": pa.array(columns[6], pa.float64()),
            "discount_rate": pa.array(columns[7], pa.float64()),
        }
    )


_Row = tuple[str, str, str, str | None, int, int, float, float]


def _events(size: Size, market: Market) -> Iterator[_Row]:
    first, after = size.start - timedelta(days=DIP_DAYS), size.start + timedelta(days=size.days)
    for year in range(first.year, after.year + 1):
        for sale in sales_of(year, market):
            if first < sale.first + timedelta(days=sale.days) and sale.first < after:
                starts, ends = local_span(day_number(sale.first), sale.days, market)
                yield sale.name, "event", market.code, None, starts, ends, sale.uplift, sale.discount_rate


def _coupons(size: Size, market: Market, draw: np.random.Generator) -> Iterator[_Row]:
    for product in PRODUCTS:
        for _ in range(int(draw.poisson(size.days / _COUPON_EVERY_DAYS))):
            day = day_number(size.start) + int(draw.integers(0, size.days))
            starts, ends = local_span(day, int(draw.integers(3, 8)), market)
            discount = int(draw.integers(2, 6)) * 0.05
            uplift = round(1 + 2 * discount + 0.4 * float(draw.random()), 3)
            yield f"Coupon {product.sku}", "coupon", market.code, product.asin, starts, ends, uplift, round(discount, 2)


def local_span(first_day: int, days: int, market: Market) -> tuple[int, int]:
    """First microsecond of a local day, and the first one after so many days: summer time has days of 23 hours."""
    return day_end(first_day - 1, market.timezone), day_end(first_day + days - 1, market.timezone)


def stock_outs(size: Size, scenario: Scenario, markets: tuple[Market, ...], randomness: Randomness) -> pa.Table:
    """One row per spell in which Amazon has no stock of a product; spells of one product never overlap."""
    draw = randomness.stream("stock-outs")
    rows = [
        (market.code, product.asin, starts, ends)
        for market in markets
        if market.has_amazon
        for product in PRODUCTS
        for starts, ends in _spells(size, draw)
    ]
    spike = spike_of(size, scenario)
    if spike and scenario.stock_out_in_spike:
        # It sells out on the second half of the spike, and the next delivery takes a week.
        sold_out = (spike.market, spike.asin, (spike.starts_at + spike.ends_at) // 2, spike.ends_at + 7 * DAY)
        rows = [row for row in rows if row[:2] != sold_out[:2]] + [sold_out]
    rows.sort()
    return pa.table(
        {
            "market": pa.array([row[0] for row in rows], pa.string()),
            "asin": pa.array([row[1] for row in rows], pa.string()),
            "starts_at": timestamps([row[2] for row in rows]),
            "ends_at": timestamps([row[3] for row in rows]),
        }
    )


def _spells(size: Size, draw: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Times in stock and out of stock by turns, in whole hours; in the long run the share is ``STOCK_OUT_SHARE``."""
    mean_in_stock = _STOCK_OUT_MEAN_DAYS * (1 - STOCK_OUT_SHARE) / STOCK_OUT_SHARE
    start = micros(size.first_moment)
    end = start + size.days * DAY
    is_out_at_first = draw.random() < STOCK_OUT_SHARE
    moment = start if is_out_at_first else start + _hours(float(draw.exponential(mean_in_stock)))
    while moment < end:
        gone = moment + HOUR + _hours(float(draw.exponential(_STOCK_OUT_MEAN_DAYS)))
        yield moment, min(gone, end)
        moment = gone + HOUR + _hours(float(draw.exponential(mean_in_stock)))


def _hours(days: float) -> int:
    return int(days * 24) * HOUR


def spike_of(size: Size, scenario: Scenario) -> Spike | None:
    """When the viral video of the scenario spreads: 48 hours from 40 % of the period, in the first market; or None."""
    if not scenario.viral_share:
        return None
    first_day = day_number(size.start) + int(0.4 * size.days)
    starts = first_day * DAY + 15 * HOUR
    return Spike(scenario.markets[0].code, PRODUCTS[0].asin, starts, starts + 2 * DAY)
