"""People: who may see content and who may buy."""

from functools import cached_property

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.columns import Floats, Floats32, codes_of, hex_texts, labels
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.sampling import Ints32, slots
from phygital_funnel.sandbox.world.times import Ints

AFFINITY_ACTIVITY_CORRELATION = 0.4
"""The feed shows more to those who like the brand anyway: the confounding every attribution model faces."""
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55+")
GEN_Z = 0
SYSTEMS = ("ios", "android")
IOS = 0
IOS_SHARE = 0.55
_AGE_SHARES = (0.32, 0.33, 0.19, 0.1, 0.06)
_DECIMALS = 6


def people(design: Design) -> pa.Table:
    """One row per person: affinity with the brand and activity on TikTok (mean 1 each), and a browser's visitor id."""
    draw = design.randomness.stream("people")
    market = np.repeat(np.arange(len(design.markets)), [round(design.size.people * m.share) for m in design.markets])
    count = len(market)
    market = draw.permutation(market).astype(np.int8)
    affinity = draw.standard_normal(count)
    rho = AFFINITY_ACTIVITY_CORRELATION
    activity = rho * affinity + np.sqrt(1 - rho**2) * draw.standard_normal(count)
    first_geo, geo_counts = geos(design)
    geo = first_geo[market] + (draw.random(count) * geo_counts[market]).astype(np.int64)
    age = np.searchsorted(np.cumsum(_AGE_SHARES)[:-1], draw.random(count), side="right")
    system = (draw.random(count) >= IOS_SHARE).astype(np.int8)
    visitors = draw.integers(0, 2**62, count)
    return pa.table(
        {
            "person_id": np.arange(count, dtype=np.int32),
            # The dictionary is the catalogue's order, so that a row's code is its market's number.
            "market": labels(market, [entry.code for entry in design.markets]),
            "geo": geo.astype(np.int16),
            "age_band": labels(age.astype(np.int8), AGE_BANDS),
            "os": labels(system, SYSTEMS),
            "affinity": np.round(np.exp(affinity - 0.5), _DECIMALS),
            "activity": np.round(np.exp(activity - 0.5), _DECIMALS),
            "visitor_id": hex_texts("v", (visitors, 16)),
        }
    )


def geos(design: Design) -> tuple[Ints, Ints]:
    """Per market the number of its first region, and how many regions it has."""
    counts = np.array([max(2, round(design.size.geos * market.share)) for market in design.markets])
    return np.cumsum(counts) - counts, counts


class Audiences:
    """Weighted draws of people, by market and by how strongly delivery prefers affinity."""

    def __init__(self, design: Design, table: pa.Table) -> None:
        self._design = design
        self.market = codes_of(table["market"])
        self.affinity: Floats = table["affinity"].to_numpy()
        self._activity: Floats = table["activity"].to_numpy()
        self._made: dict[tuple[int, float], Ints32] = {}

    def of(self, market: int, power: float) -> Ints32:
        """Slots (see ``sampling``) of a market's people, by activity and affinity to ``power``."""
        if (market, power) not in self._made:
            members = np.flatnonzero(self.market == market)
            exponent = power * self._design.scenario.targeting
            weights = np.round(self._activity[members] * self.affinity[members] ** exponent, _DECIMALS)
            draw = self._design.randomness.stream(f"audience {market} {power}")
            self._made[market, power] = slots(members, weights, draw)
        return self._made[market, power]

    @cached_property
    def affinity_effect(self) -> Floats32:
        """How much more a person is moved by one exposure than the average person."""
        return np.round(self.affinity**0.3, _DECIMALS).astype(np.float32)
