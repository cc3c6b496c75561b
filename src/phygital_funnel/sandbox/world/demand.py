"""Demand: orders nobody prompted and orders that exposures caused, their lines, refunds and registrations."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sandbox.world.content import timestamps
from phygital_funnel.sandbox.world.delivery import Floats, codes_of, micros_of, weighted, within_day
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, NEVER, SECOND, Ints, micros

WEIGHT_PLAIN, WEIGHT_2S, WEIGHT_6S, WEIGHT_CLICK = 0.05, 0.4, 1.0, 15.0
"""How much an exposure moves by how far it got."""
LAG_MEDIAN_DAYS, LAG_SIGMA = 2.5, 0.95
QUICK_SHARE, QUICK_MEAN_MINUTES = 0.4, 29.0
CODE_USE_CAUSED, CODE_USE_BASELINE = 0.06, 0.01
CANCEL_RATE, PENDING_RATE, NON_AMAZON_RATE, BUSINESS_RATE = 0.03, 0.6, 0.008, 0.03
_WEEKDAY = np.array([1.0, 0.95, 0.95, 1.0, 1.0, 1.15, 1.15])
"""Demand by weekday, Monday first."""


@dataclass
class Causes:
    """Orders before they have a basket; exposure is -1 for baseline orders."""

    person: Ints
    purchased_at: Ints
    exposure: Ints


def causes(size: Size, people: pa.Table, exposure: pa.Table, click: pa.Table, randomness: Randomness) -> Causes:
    """The superposition of the baseline process and the one that exposures cause, in order of time."""
    baseline = _baseline(size, people, randomness.stream("baseline demand"))
    caused = _caused(size, people, exposure, click, randomness.stream("caused demand"))
    names = ("person", "purchased_at", "exposure")
    both = Causes(*(np.concatenate([getattr(baseline, name), getattr(caused, name)]) for name in names))
    order = np.argsort(both.purchased_at, kind="stable")
    return Causes(both.person[order], both.purchased_at[order], both.exposure[order])


def _baseline(size: Size, people: pa.Table, draw: np.random.Generator) -> Causes:
    count = int(draw.poisson(size.baseline_orders))
    person = weighted(draw, people["affinity"].to_numpy(), count)
    days = np.arange(size.days)
    day = weighted(draw, _WEEKDAY[(days + size.start.weekday()) % 7] * np.exp(draw.normal(0, 0.08, size.days)), count)
    shifts = np.array([market.clock_shift for market in MARKETS])[codes_of(people["market"])[person]]
    moment = micros(size.first_moment) + day * DAY + within_day(draw, count, 0) - shifts * HOUR
    inside = (moment >= micros(size.first_moment)) & (moment < micros(size.first_moment) + size.days * DAY)
    return Causes(person[inside], _seconds(moment[inside]), np.full(int(inside.sum()), -1))


def _caused(size: Size, people: pa.Table, exposure: pa.Table, click: pa.Table, draw: np.random.Generator) -> Causes:
    clicked_at = np.full(exposure.num_rows, NEVER)
    clicked_at[click["exposure_id"].to_numpy()] = micros_of(click["clicked_at"])
    is_clicked = clicked_at != NEVER
    weight = _effect(people, exposure, is_clicked)
    expected = size.baseline_orders * size.causal_share / (1 - size.causal_share)
    count = int(draw.poisson(expected)) if expected else 0
    parent = weighted(draw, weight, count)
    origin = np.where(is_clicked, clicked_at, micros_of(exposure["occurred_at"]))[parent]
    moment = _seconds(origin + _lags(is_clicked[parent], draw) + SECOND)
    inside = moment < micros(size.first_moment) + size.days * DAY
    return Causes(exposure["person_id"].to_numpy()[parent][inside], moment[inside], parent[inside])


def _effect(people: pa.Table, exposure: pa.Table, is_clicked: npt.NDArray[np.bool_]) -> Floats:
    weight = np.where(exposure["watched_2s"].to_numpy(), WEIGHT_2S, WEIGHT_PLAIN)
    weight = np.where(exposure["watched_6s"].to_numpy(), WEIGHT_6S, weight)
    weight = np.where(is_clicked, WEIGHT_CLICK, weight)
    effect: Floats = weight * people["affinity"].to_numpy()[exposure["person_id"].to_numpy()] ** 0.3
    return effect


def _lags(is_clicked: npt.NDArray[np.bool_], draw: np.random.Generator) -> Ints:
    count = len(is_clicked)
    considered = LAG_MEDIAN_DAYS * np.exp(draw.normal(0, LAG_SIGMA, count)) * DAY
    quick = draw.exponential(QUICK_MEAN_MINUTES, count) * MINUTE
    is_quick = is_clicked & (draw.random(count) < QUICK_SHARE)
    return np.where(is_quick, quick, considered).astype(np.int64)


def _seconds(moment: Ints) -> Ints:
    # Amazon's report has whole seconds, and a purchase must not appear to precede its click.
    return moment // SECOND * SECOND


def orders(
    size: Size, cause: Causes, people: pa.Table, creators: pa.Table, truth: pa.Table, randomness: Randomness
) -> pa.Table:
    """One row per Amazon order with the times at which its status changes."""
    draw = randomness.stream("orders")
    count = len(cause.person)
    market = codes_of(people["market"])[cause.person]
    is_non_amazon = (cause.exposure < 0) & (draw.random(count) < NON_AMAZON_RATE)
    waits = np.where(draw.random(count) < PENDING_RATE, np.exp(draw.normal(np.log(3), 0.8, count)), 0.0)
    is_cancelled = draw.random(count) < CANCEL_RATE
    cancel_after = (np.exp(draw.normal(np.log(10), 1.0, count)) * HOUR).astype(np.int64)
    cancelled_at = np.where(is_cancelled, cause.purchased_at + _seconds(cancel_after) + MINUTE, NEVER)
    picks = draw.integers(0, 60, count)
    places = [MARKETS[code].cities[n % len(MARKETS[code].cities)] for code, n in zip(market, picks, strict=True)]
    serial = draw.permutation(9_000_000)[:count] + 1_000_000
    return pa.table(
        {
            "order_id": [_order_id(int(code), int(n)) for code, n in zip(market, serial, strict=True)],
            "person_id": cause.person,
            "market": [MARKETS[code].code for code in market],
            "purchased_at": timestamps(cause.purchased_at),
            "priced_at": timestamps(cause.purchased_at + _seconds((waits * HOUR).astype(np.int64))),
            "cancelled_at": timestamps(cancelled_at),
            "promo_code": _codes(cause, market, is_non_amazon, creators, truth, draw),
            "sales_channel": [_channel(int(code), bool(o)) for code, o in zip(market, is_non_amazon, strict=True)],
            "is_business": draw.random(count) < BUSINESS_RATE,
            "ship_city": [place[0] for place in places],
            "ship_state": [place[1] for place in places],
            "ship_postal_code": [place[2] for place in places],
        }
    )


def _order_id(market: int, serial: int) -> str:
    return f"{111 + market}-{serial:07d}-{(serial * 7919) % 10_000_000:07d}"


def _channel(market: int, is_non_amazon: bool) -> str:
    return f"Non-Amazon {MARKETS[market].code}" if is_non_amazon else MARKETS[market].sales_channel


def _codes(
    cause: Causes,
    market: Ints,
    is_non_amazon: npt.NDArray[np.bool_],
    creators: pa.Table,
    truth: pa.Table,
    draw: np.random.Generator,
) -> list[str | None]:
    """The code on each order: the causing creator's own, or one that leaked to a buyer nobody prompted."""
    count = len(cause.person)
    roll = draw.random(count)
    uses = roll < np.where(cause.exposure >= 0, CODE_USE_CAUSED, CODE_USE_BASELINE)
    rows = creators.to_pylist()
    valid = {row["creator_id"]: row for row in rows if row["promo_code"]}
    by_market = [[row for row in valid.values() if row["market"] == entry.code] for entry in MARKETS]
    picks = draw.integers(0, 2**31, count)
    purchased = timestamps(cause.purchased_at).to_pylist()
    codes: list[str | None] = [None] * count
    for n in np.flatnonzero(uses & ~is_non_amazon):
        leaked = by_market[market[n]][picks[n] % len(by_market[market[n]])]
        row = valid.get(truth["creator_id"][int(n)].as_py()) if cause.exposure[n] >= 0 else leaked
        if row and row["code_valid_from"] <= purchased[n] < row["code_valid_to"]:
            codes[n] = row["promo_code"]
    return codes


def truth_order_cause(cause: Causes, order_ids: list[str], exposure: pa.Table, videos: pa.Table) -> pa.Table:
    """One row per order: what caused it. Served by no API."""
    is_caused = cause.exposure >= 0
    rows = pa.array(np.where(is_caused, cause.exposure, 0))
    missing = ~is_caused
    video = codes_of(exposure["video_id"])[np.where(is_caused, cause.exposure, 0)]

    def known(values: list[str | None]) -> pa.Array:
        return pa.array([None if absent else value for value, absent in zip(values, missing, strict=True)], pa.string())

    return pa.table(
        {
            "order_id": order_ids,
            "cause": np.where(is_caused, "exposure", "baseline"),
            "exposure_id": pa.array(cause.exposure, mask=missing),
            "ad_id": known(exposure["ad_id"].take(rows).to_pylist()),
            "video_id": known(exposure["video_id"].take(rows).to_pylist()),
            "creator_id": known(videos["creator_id"].take(pa.array(video)).to_pylist()),
        }
    )
