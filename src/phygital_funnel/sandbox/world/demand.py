"""Demand: orders nobody prompted, and the exposures that each cause one. What is bought, and where, comes later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.calendar import DIP, DIP_DAYS
from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import Floats, codes_of, micros_of
from phygital_funnel.sandbox.world.delivery import Delivered
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.people import geos
from phygital_funnel.sandbox.world.sampling import slots, weighted, within_day
from phygital_funnel.sandbox.world.times import DAY, HOUR, SECOND, Ints, day_number, micros

_WEEKDAY = np.array([1.0, 0.9, 0.88, 0.95, 1.0, 1.15, 1.15])
"""Demand by weekday, Monday first."""
ANNUAL_SWING, ANNUAL_PEAK = 0.1, 350
"""Demand swings by a tenth over the year and peaks at this day of it."""
SHOCK_SIGMA, SHOCK_MEMORY = 0.1, 0.8
"""Regional shocks (weather, competitors) as an AR(1) process of the log of daily demand."""


@dataclass(frozen=True)
class Demand:
    """Baseline orders first, then caused ones.

    Args:
        person: who buys.
        exposure: the exposure that caused it; -1 for baseline orders.
        product: the product whose coupon brought it; -1 for the others.
        moment: when a baseline order is placed; for a caused one when its exposure happened. Microseconds.
    """

    person: Ints
    exposure: Ints
    product: Ints
    moment: Ints


def demand(design: Design, people: pa.Table, made: Delivered, promotions: pa.Table) -> Demand:
    """The superposition of the baseline process and the one that exposures cause."""
    steady = _baseline(design, people, promotions)
    person, moment, product = (
        np.append(*parts) for parts in zip(steady, _coupons(design, people, promotions), strict=True)
    )
    parent = _parents(design, made)
    return Demand(
        np.append(person, made.person[parent]).astype(np.int64),
        np.append(np.full(len(person), -1), parent),
        np.append(product, np.full(len(parent), -1)),
        np.append(moment, made.occurred_at[parent]),
    )


def _baseline(design: Design, people: pa.Table, promotions: pa.Table) -> tuple[Ints, Ints, Ints]:
    """People, whole-second times and -1 (for any product) of a Poisson process over regions and market-local days."""
    draw = design.randomness.stream("baseline demand")
    geo = people["geo"].to_numpy().astype(np.int64)
    affinity = people["affinity"].to_numpy()
    _, geo_counts = geos(design)
    market = np.repeat(np.arange(len(design.markets)), geo_counts)
    size = np.bincount(geo, weights=affinity, minlength=len(market))
    base = design.size.baseline_orders / design.size.days * np.round(size / np.cumsum(affinity)[-1], 9)
    rate = base[:, None] * day_factors(design, promotions)[market] * _shocks(len(market), design.size.days, draw)
    counts = draw.poisson(np.round(rate, 6))
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    where, day = cell // design.size.days, cell % design.size.days
    person = _person_of(where, geo, affinity, draw)
    shift = np.array([entry.clock_shift for entry in design.markets])[market[where]]
    moment = design.start + day * DAY + within_day(draw, len(cell), 0) - shift * HOUR
    inside = (moment >= design.start) & (moment < design.end)
    return person[inside], moment[inside] // SECOND * SECOND, np.full(int(inside.sum()), -1)


def _coupons(design: Design, people: pa.Table, promotions: pa.Table) -> tuple[Ints, Ints, Ints]:
    """People, times and products of the orders that coupons bring, beyond those that there are without."""
    draw = design.randomness.stream("coupon demand")
    affinity = people["affinity"].to_numpy()
    market = codes_of(people["market"])
    weight = np.array([product.weight for product in PRODUCTS])
    base = design.size.baseline_orders / design.size.days
    found = [np.empty((3, 0), dtype=np.int64)]
    for row in promotions.filter(pc.equal(promotions["kind"], "coupon")).to_pylist():
        number = [entry.code for entry in design.markets].index(row["market"])
        product = [entry.asin for entry in PRODUCTS].index(row["asin"])
        members = np.flatnonzero(market == number)
        share = np.cumsum(affinity[members])[-1] / np.cumsum(affinity)[-1]
        starts, ends = micros(row["starts_at"]), min(micros(row["ends_at"]), design.end)
        extra = base * share * weight[product] / weight.sum() * (row["uplift"] - 1) * max(0, ends - starts) / DAY
        count = int(draw.poisson(np.round(extra, 6)))
        moment = starts + (draw.random(count) * (ends - starts)).astype(np.int64) // SECOND * SECOND
        person = members[weighted(draw, affinity[members], count)]
        found.append(np.array([person, moment, np.full(count, product)]))
    person, moment, product = np.concatenate(found, axis=1)
    inside = moment >= design.start
    return person[inside], moment[inside], product[inside]


def _person_of(where: Ints, geo: Ints, affinity: Floats, draw: np.random.Generator) -> Ints:
    """A person of each region, weighted by affinity."""
    by_geo = np.argsort(geo, kind="stable")
    audience = slots(by_geo, affinity[by_geo], draw)
    ends = np.cumsum(np.bincount(geo[audience], minlength=int(geo.max()) + 1))
    starts = np.append(0, ends[:-1])
    chosen = starts[where] + (draw.random(len(where)) * (ends - starts)[where]).astype(np.int64)
    person: Ints = audience[chosen].astype(np.int64)
    return person


def day_factors(design: Design, promotions: pa.Table) -> Floats:
    """Baseline demand by market and local day against an ordinary one: weekday, season, events and the dip after."""
    days = np.arange(design.size.days)
    weekday = _WEEKDAY[(days + design.size.start.weekday()) % 7]
    day_of_year = (day_number(design.size.start) + days) % 365.25
    season = np.round(1 + ANNUAL_SWING * np.cos(2 * np.pi * (day_of_year - ANNUAL_PEAK) / 365.25), 6)
    factors = np.tile(weekday * season, (len(design.markets), 1))
    starts, ends = micros_of(promotions["starts_at"]), micros_of(promotions["ends_at"])
    rows = promotions.select(["kind", "market", "uplift"]).to_pylist()
    codes = [market.code for market in design.markets]
    for number, row in enumerate(rows):
        if row["kind"] != "event":
            continue
        market = codes.index(row["market"])
        noon = design.start + days * DAY + DAY // 2 - design.markets[market].clock_shift * HOUR
        factors[market, (noon >= starts[number]) & (noon < ends[number])] *= row["uplift"]
        factors[market, (noon >= ends[number]) & (noon < ends[number] + DIP_DAYS * DAY)] *= 1 - DIP
    return factors


def _shocks(regions: int, days: int, draw: np.random.Generator) -> Floats:
    steps = draw.normal(0, SHOCK_SIGMA * np.sqrt(1 - SHOCK_MEMORY**2), (regions, days))
    shocks = np.empty((regions, days))
    state = draw.normal(0, SHOCK_SIGMA, regions)
    for day in range(days):
        state = SHOCK_MEMORY * state + steps[:, day]
        shocks[:, day] = state
    return np.asarray(np.round(np.exp(shocks - SHOCK_SIGMA**2 / 2), 6), dtype=float)


def _parents(design: Design, made: Delivered) -> Ints:
    """Exposures that would each cause one order, ascending; one exposure may cause several.

    The chance is proportional to an exposure's effect. Where synergy can raise it, candidates are drawn at the raised
    rate, for ``outcome`` to thin.
    """
    size, scenario = design.size, design.scenario
    if not len(made.person):
        return np.empty(0, dtype=np.int64)
    expected = size.baseline_orders * size.causal_share / (1 - size.causal_share)
    expected *= scenario.effect_scale * (1 + scenario.synergy)
    # A scenario's extra views cause extra orders; they do not take them from the other exposures.
    expected *= len(made.person) / size.exposures
    days = [slice(first, last) for first, last in zip(made.day_starts, made.day_starts[1:], strict=False)]
    # Cumulated one by one, because the order in which np.sum adds depends on the processor.
    totals = np.array([np.cumsum(made.effect[day], dtype=float)[-1] if day.stop > day.start else 0.0 for day in days])
    parents = []
    for number, day in enumerate(days):
        draw = design.randomness.stream(f"caused demand {number}")
        count = int(draw.poisson(np.round(expected * totals[number] / np.cumsum(totals)[-1], 6)))
        roll = np.sort(draw.random(count)) * totals[number]
        rows = np.searchsorted(np.cumsum(made.effect[day], dtype=float), roll, side="right")
        parents.append(day.start + rows.astype(np.int64))
    return np.concatenate(parents)
