"""Experiments run inside a world: what a brand would see of them, and beside it what was true.

Every experiment takes away what its assignment switches off and lets everything else happen with the same random
numbers. ``orders`` and ``net_amount_minor`` are Amazon orders purchased in a row's unit and period under the
assignment. ``true_effect_*`` is what switching the treatment of that period off everywhere would take from the unit's
orders of the same period: the effect of what was randomised. Orders that come in later periods (carry-over) are in no
row's true effect.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.columns import Flags, micros_of, texts
from phygital_funnel.sandbox.world.contrasts import Counterfactual, Effect, Ledger, sums_by, turns
from phygital_funnel.sandbox.world.joins import codes_in
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.times import DAY, Ints, day_number, day_of, micros
from phygital_funnel.sandbox.world.truth import creator_of_exposures

ON, OFF = "on", "off"


@dataclass(frozen=True)
class Plan:
    """How an experiment is laid out.

    Args:
        experiment_id: what its rows are called.
        start: first UTC day.
        periods: how many periods follow each other.
        period_days: length of each.
        seed: of the assignment; the world's own seed has no part in it.
    """

    experiment_id: str
    start: date
    periods: int = 4
    period_days: int = 14
    seed: int = 1

    def __post_init__(self) -> None:
        if self.periods < 1 or self.period_days < 1:
            raise ConfigError(f"Experiment {self.experiment_id!r} needs at least one period of at least one day.")

    @property
    def edges(self) -> Ints:
        """Microseconds at which the periods begin, and the end of the last."""
        first = day_number(self.start)
        edges: Ints = (first + np.arange(self.periods + 1, dtype=np.int64) * self.period_days) * DAY
        return edges

    def period_of(self, moments: Ints) -> Ints:
        """Number of the period each moment falls into, -1 for outside."""
        number = np.searchsorted(self.edges, moments, side="right") - 1
        return np.where(number < self.periods, number, -1)

    def draw(self, kind: str) -> np.random.Generator:
        """The generator of the assignment."""
        return Randomness(self.seed).stream(f"{kind} {self.experiment_id}")


@dataclass(frozen=True)
class _Layout:
    """Which unit is on in which period.

    Args:
        kind: geo, creator or promotion.
        names: of the units.
        market: number of each unit's market.
        is_on: the assignment, units by periods.
    """

    kind: str
    names: list[str]
    market: Ints
    is_on: Flags

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(self.is_on.size)

    def cell(self, unit: Ints, period: Ints) -> Ints:
        """Number of the cell of a unit and a period, -1 where one of them is missing."""
        cells: Ints = np.where((unit >= 0) & (period >= 0), unit.astype(np.int64) * self.is_on.shape[1] + period, -1)
        return cells

    def is_off(self, unit: Ints, period: Ints) -> Flags:
        """Whether the cell is one that is switched off."""
        cells = self.cell(unit, period)
        return (cells >= 0) & ~self.is_on.ravel()[cells]


def geo_experiment(world: Counterfactual, plan: Plan) -> pa.Table:
    """Paid delivery on or off by region and period.

    The regions of a market are paired by their number of people, and in every period one of each pair is off.
    """
    names, market, region_of_person = _regions(world)
    layout = _Layout("geo", names, market, _alternating(market, plan, "geo"))
    exposures, ledger = world["exposures"], Ledger(world)
    unit = region_of_person[exposures["person_id"].to_numpy()]
    period = plan.period_of(micros_of(exposures["occurred_at"]))
    paid = exposures["is_paid"].to_numpy(zero_copy_only=False) & (period >= 0)
    removed = paid & layout.is_off(unit, period)
    key = layout.cell(region_of_person[world.candidates["person_id"].to_numpy()], plan.period_of(ledger.purchased_at))
    return _rows(
        plan,
        world,
        layout,
        exposures=sums_by(layout.cell(unit, period), paid & ~removed, layout.size),
        seen=_totals(ledger, world.happened(removed), key, layout.size),
        true=_within_periods(world, ledger, np.where(paid, period, -1), key, layout.is_on.shape),
    )


def creator_experiment(world: Counterfactual, plan: Plan) -> pa.Table:
    """Creators paused by period: nobody sees their posts, the ads that show them, or their LIVE sessions.

    The creators of a market are paired by their exposures, and in every period one of each pair is paused. Whom an
    order is due to cannot be seen, so ``orders`` are all of the market's; the true effect is that of pausing this
    creator alone.
    """
    order, unit = _creators(world)
    rows = world["creators"].take(pa.array(order)).select(["creator_id", "market"]).to_pylist()
    codes = [market.code for market in world.markets]
    market = np.array([codes.index(row["market"]) for row in rows])
    layout = _Layout("creator", [row["creator_id"] for row in rows], market, _alternating(market, plan, "creator"))
    ledger, period = Ledger(world), plan.period_of(micros_of(world["exposures"]["occurred_at"]))
    removed = layout.is_off(unit, period)
    purchased = plan.period_of(ledger.purchased_at)
    key = np.where(purchased >= 0, ledger.market.astype(np.int64) * plan.periods + purchased, -1)
    size = len(codes) * plan.periods
    own = (market[:, None] * plan.periods + np.arange(plan.periods)).ravel()
    totals = _totals(ledger, world.happened(removed), key, size)
    effects = [Effect()] * layout.size
    turn = turns(market)
    for now in range(int(turn.max()) + 1):
        paused = np.append(turn == now, False)[unit]
        found = _within_periods(world, ledger, np.where(paused, period, -1), key, (len(codes), plan.periods))
        for cell in np.flatnonzero(np.repeat(turn == now, plan.periods)).tolist():
            effects[cell] = found[own[cell]]
    shown = (unit >= 0) & (period >= 0) & ~removed
    return _rows(
        plan,
        world,
        layout,
        exposures=sums_by(layout.cell(unit, period), shown, layout.size),
        seen=[totals[cell] for cell in own.tolist()],
        true=effects,
    )


def promotion_experiment(world: Counterfactual, plan: Plan) -> pa.Table:
    """Sales events of Amazon's markets held or cancelled at random; one row per event that starts within the plan.

    A cancelled event loses the orders that its uplift brought. The lull after it stays as it was.
    """
    events = [event for event in world["promotions"].to_pylist() if _is_in(event, world, plan)]
    codes = [market.code for market in world.markets]
    market = np.array([codes.index(event["market"]) for event in events], dtype=np.int64)
    is_on = _alternating(market, replace(plan, periods=1), "promotion")
    layout = _Layout("promotion", [event["promotion_id"] for event in events], market, is_on)
    ledger = Ledger(world)
    luck = Randomness(world.seed).stream("promotion uplift").random(len(ledger.market))
    seen, true = [], []
    for event, number, on in zip(events, market.tolist(), is_on[:, 0].tolist(), strict=True):
        starts, ends = micros(event["starts_at"]), micros(event["ends_at"])
        inside = (ledger.market == number) & (ledger.purchased_at >= starts) & (ledger.purchased_at < ends)
        added = inside & ledger.is_amazon & (ledger.parent < 0) & (luck < 1 - 1 / event["uplift"])
        without = ledger.actual & ~added
        seen += _totals(ledger, ledger.actual if on else without, np.where(inside, 0, -1), 1)
        true += ledger.effects(without, np.where(inside, 0, -1), 1)
    days = [_local_days(event, world.markets[number]) for event, number in zip(events, market.tolist(), strict=True)]
    return _rows(plan, world, layout, np.zeros(len(events), dtype=np.int64), seen, true, days)


def _is_in(event: dict[str, Any], world: Counterfactual, plan: Plan) -> bool:
    with_amazon = {market.code for market in world.markets if market.has_amazon}
    starts = plan.period_of(np.array([micros(event["starts_at"])]))[0]
    return event["kind"] == "event" and event["market"] in with_amazon and bool(starts >= 0)


def _local_days(event: dict[str, Any], market: Market) -> tuple[date, date]:
    zone = ZoneInfo(market.timezone)
    return event["starts_at"].astimezone(zone).date(), event["ends_at"].astimezone(zone).date()


def _regions(world: Counterfactual) -> tuple[list[str], Ints, Ints]:
    """Names and market numbers of the regions, in a market the most people first; and the region of each person."""
    people = world["people"]
    market = codes_in(people["market"], [entry.code for entry in world.markets]).astype(np.int64)
    geo = people["geo"].to_numpy().astype(np.int64)
    geos, first, inverse, count = np.unique(geo, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((geos, -count, market[first]))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    codes = [entry.code for entry in world.markets]
    names = [f"{codes[number]}-{region:02d}" for number, region in zip(market[first][order], geos[order], strict=True)]
    return names, market[first][order], place[inverse]


def _creators(world: Counterfactual) -> tuple[Ints, Ints]:
    """Row numbers of the creators but the brand itself, most exposures first; position among them by exposure."""
    of_exposure = creator_of_exposures(world)
    count = np.bincount(of_exposure[of_exposure >= 0], minlength=world["creators"].num_rows)
    rows = np.flatnonzero(world["creators"]["promo_code"].is_valid().to_numpy())
    order = rows[np.argsort(-count[rows], kind="stable")]
    place = np.full(len(count) + 1, -1)
    place[order] = np.arange(len(order))
    return order, place[of_exposure]


def _alternating(market: Ints, plan: Plan, kind: str) -> Flags:
    """Units by periods: neighbours of a market form pairs, and a coin says which of the two is off."""
    draw = plan.draw(kind)
    is_on = np.zeros((len(market), plan.periods), dtype=bool)
    for number in np.unique(market):
        units = np.flatnonzero(market == number)
        for first in range(0, len(units), 2):
            coin = draw.random(plan.periods) < 0.5
            is_on[units[first]] = coin
            if first + 1 < len(units):
                is_on[units[first + 1]] = ~coin
    return is_on


def _within_periods(
    world: Counterfactual, ledger: Ledger, period: Ints, key: Ints, shape: tuple[int, ...]
) -> list[Effect]:
    """What the treated exposures of each period change in that period.

    Args:
        world: whose outcomes are compared.
        ledger: its candidates.
        period: of each treated exposure, -1 for the others.
        key: cell of each candidate.
        shape: units, periods.
    """
    units, periods = shape
    effects = [Effect()] * (units * periods)
    for number in range(periods):
        found = ledger.effects(world.happened(period == number), key, units * periods)
        effects[number::periods] = found[number::periods]
    return effects


def _totals(ledger: Ledger, outcome: Flags, key: Ints, size: int) -> list[Effect]:
    return ledger.effects(np.zeros_like(outcome), key, size, actual=outcome)


def _rows(
    plan: Plan,
    world: Counterfactual,
    layout: _Layout,
    exposures: Ints,
    seen: Sequence[Effect],
    true: Sequence[Effect],
    days: Sequence[tuple[date, date]] | None = None,
) -> pa.Table:
    """One row per cell; ``period_to`` is the first day after the period."""
    edges = [day_of(edge // DAY) for edge in plan.edges.tolist()]
    days = days or list(itertools.pairwise(edges)) * len(layout.names)
    unit = np.repeat(np.arange(len(layout.names)), layout.is_on.shape[1])
    market = layout.market[unit]
    cells = len(unit)
    return pa.table(
        {
            "experiment_id": pa.array([plan.experiment_id] * cells, pa.string()),
            "kind": pa.array([layout.kind] * cells, pa.string()),
            "unit": texts(unit, layout.names),
            "period_from": pa.array([first for first, _ in days], pa.date32()),
            "period_to": pa.array([end for _, end in days], pa.date32()),
            "arm": texts(layout.is_on.ravel().astype(np.int64), [OFF, ON]),
            "exposures": exposures,
            "orders": np.array([row.amazon_orders for row in seen], dtype=np.int64),
            "net_amount_minor": np.array([row.amazon_net_minor for row in seen], dtype=np.int64),
            "market": texts(market, [entry.code for entry in world.markets]),
            "currency": texts(market, [entry.currency for entry in world.markets]),
            "true_effect_orders": np.array([row.amazon_orders for row in true], dtype=np.int64),
            "true_effect_minor": np.array([row.amazon_net_minor for row in true], dtype=np.int64),
        }
    )
