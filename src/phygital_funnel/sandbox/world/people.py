"""People: who may see content and who may buy."""

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.sizes import Size

AFFINITY_ACTIVITY_CORRELATION = 0.4
"""The feed shows more to those who like the brand anyway: the confounding every attribution model faces."""


def people(size: Size, randomness: Randomness) -> pa.Table:
    """One row per person: affinity with the brand and activity on TikTok (mean 1 each), and a browser's visitor id."""
    draw = randomness.stream("people")
    count = size.people
    market = draw.choice(len(MARKETS), count, p=[market.share for market in MARKETS])
    affinity = draw.standard_normal(count)
    rho = AFFINITY_ACTIVITY_CORRELATION
    activity = rho * affinity + np.sqrt(1 - rho**2) * draw.standard_normal(count)
    visitors = draw.integers(0, 2**62, count)
    return pa.table(
        {
            "person_id": np.arange(count, dtype=np.int64),
            # The dictionary is the catalogue's order, so that a row's code is its market's number.
            "market": pa.DictionaryArray.from_arrays(market, [entry.code for entry in MARKETS]),
            "affinity": np.exp(affinity - 0.5),
            "activity": np.exp(activity - 0.5),
            "visitor_id": [f"v{visitor:016x}" for visitor in visitors],
        }
    )


def by_market(table: pa.Table) -> dict[str, np.ndarray]:
    """Row numbers of the people of each market."""
    codes = np.asarray(table["market"].to_pylist())
    return {market.code: np.flatnonzero(codes == market.code) for market in MARKETS}
