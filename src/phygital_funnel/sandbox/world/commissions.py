"""What platforms and creators take: rates with the dates from which they hold."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.columns import Floats, micros_of, timestamps
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, NEVER, Ints, micros

LOCK_IN_DAYS = 30
"""A creator who promotes a product keeps the rate she knew for so long after the seller changed it."""
CHANGE_RATE = 0.4
"""Share of creators whose rate the brand changes once in the period."""

_LONG_AGO = date(2024, 1, 1)
_SHOP_FEES = {
    "US": ((_LONG_AGO, 0.06),),
    "UK": ((_LONG_AGO, 0.09),),
    "FR": ((date(2025, 3, 31), 0.05), (date(2026, 1, 8), 0.09)),
    "DE": ((date(2025, 3, 31), 0.05), (date(2026, 1, 8), 0.09)),
    "ID": ((_LONG_AGO, 0.065),),
    "TH": ((_LONG_AGO, 0.055),),
    "JP": ((date(2025, 6, 30), 0.07),),
}
_REFERRAL_FEE, _REFERRAL_BONUS = 0.15, 0.1


def commission_rates(size: Size, creators: pa.Table, randomness: Randomness) -> pa.Table:
    """One row per creator and rate of the TikTok Shop affiliate programme; brand accounts have none.

    ``decided_at`` is when the brand set the rate, ``valid_from`` when it took effect: for a change, 30 days later.
    A change decided before the period may take effect inside it.
    """
    draw = randomness.stream("commission rates")
    start = micros(size.first_moment)
    rows = [
        (creator["creator_id"], *row)
        for creator in creators.select(["creator_id", "commission_rate"]).to_pylist()
        if creator["commission_rate"]
        for row in _rates_of(creator["commission_rate"], start, size.days, draw)
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return pa.table(
        {
            "creator_id": pa.array(columns[0], pa.string()),
            "decided_at": timestamps(columns[1]),
            "valid_from": timestamps(columns[2]),
            "valid_to": timestamps(columns[3]),
            "rate": pa.array(columns[4], pa.float64()),
        }
    )


def _rates_of(rate: float, start: int, days: int, draw: np.random.Generator) -> Iterator[tuple[int, int, int, float]]:
    since = start - 90 * DAY
    # Three draws whether or not the rate changes, so that one creator's change leaves the others' as they are.
    is_changed, when, step = draw.random() < CHANGE_RATE, draw.random(), int(draw.choice([-5, -3, 3, 5]))
    if not is_changed:
        yield since, since, NEVER, rate
        return
    takes_effect = start + int(when * days) * DAY
    yield since, since, takes_effect, rate
    changed = round(min(max(rate + step / 100, 0.05), 0.35), 2)
    yield takes_effect - LOCK_IN_DAYS * DAY, takes_effect, NEVER, changed


def rate_at(rates: pa.Table, creator_ids: pa.Array, moments: Ints) -> Floats:
    """The rate in force for each creator at each moment (microseconds); 0 for accounts without one."""
    found = np.zeros(len(moments))
    names = np.asarray(creator_ids.to_pylist(), dtype=object)
    order = np.argsort(names.astype(str), kind="stable")
    sorted_names = names.astype(str)[order]
    spans = zip(
        rates["creator_id"].to_pylist(),
        micros_of(rates["valid_from"]),
        micros_of(rates["valid_to"]),
        rates["rate"].to_pylist(),
        strict=True,
    )
    for creator, valid_from, valid_to, rate in spans:
        first, last = np.searchsorted(sorted_names, creator), np.searchsorted(sorted_names, creator, side="right")
        rows = order[first:last]
        found[rows[(moments[rows] >= valid_from) & (moments[rows] < valid_to)]] = rate
    return found


def fees(markets: tuple[Market, ...]) -> pa.Table:
    """One row per fee of a platform in a market and the days it holds, as the platforms publish them.

    ``base`` says what the rate is levied on. Amazon's Brand Referral Bonus is a negative fee.
    """
    rows = [row for market in markets for row in _fees_of(market)]
    names = ("market", "platform", "fee", "base", "valid_from", "valid_to", "rate")
    types = (pa.string(), pa.string(), pa.string(), pa.string(), pa.date32(), pa.date32(), pa.float64())
    columns = list(zip(*rows, strict=True))
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, columns, types, strict=True)})


def _fees_of(market: Market) -> Iterator[tuple[str, str, str, str, date, date | None, float]]:
    if market.has_amazon:
        yield market.code, "amazon", "referral_fee", "tax_included", _LONG_AGO, None, _REFERRAL_FEE
        yield market.code, "amazon", "brand_referral_bonus", "net", _LONG_AGO, None, -_REFERRAL_BONUS
    steps = _SHOP_FEES[market.code]
    ends = [*(start for start, _ in steps[1:]), None]
    for (valid_from, rate), valid_to in zip(steps, ends, strict=True):
        yield market.code, "tiktok_shop", "referral_fee", "tax_included", valid_from, valid_to, rate
