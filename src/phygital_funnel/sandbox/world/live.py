"""LIVE sessions: when creators sell on camera. Their viewers stay longer and buy on the Shop, at once."""

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import rows_in, timestamps
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.sampling import order_by, weighted
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, Ints

BRAND_PER_WEEK, CREATOR_PER_WEEK = 1.0, 0.25
_MINUTES = (45, 151)


def live_sessions(design: Design, creators: pa.Table) -> pa.Table:
    """One row per session, in order of time; every brand account holds at least one."""
    draw = design.randomness.stream("live sessions")
    is_brand = np.array([name.endswith("_000") for name in creators["creator_id"].to_pylist()])
    rate = np.where(is_brand, BRAND_PER_WEEK, CREATOR_PER_WEEK) * design.size.days / 7
    held = np.maximum(draw.poisson(rate), is_brand)
    creator = np.repeat(np.arange(creators.num_rows), held)
    count = len(creator)
    market = rows_in(creators["market"], [entry.code for entry in design.markets])[creator]
    shift = np.array([entry.clock_shift for entry in design.markets])[market]
    evening = (19 - shift) % 24 * HOUR + draw.integers(0, 120, count) * MINUTE
    # Not on the last of several days, so that every session ends inside the period.
    started = design.start + draw.integers(0, max(1, design.size.days - 1), count) * DAY + evening
    ended = started + draw.integers(*_MINUTES, count) * MINUTE
    quality = creators["quality"].to_numpy()[creator] * np.exp(draw.normal(0, 0.2, count))
    asin = draw.integers(0, len(PRODUCTS), count)
    order = order_by((started - design.start) // MINUTE)
    return pa.table(
        {
            "live_id": [f"74310{number:014d}" for number in range(1, count + 1)],
            "creator_id": creators["creator_id"].take(pa.array(creator[order])),
            "market": creators["market"].take(pa.array(creator[order])),
            "started_at": timestamps(started[order]),
            "ended_at": timestamps(ended[order]),
            "asin": np.asarray([product.asin for product in PRODUCTS])[asin[order]],
            "quality": np.round(np.clip(quality[order], 0.4, 2.5), 6),
        }
    )


def viewings(design: Design, market: int, rows: Ints, started: Ints, ended: Ints) -> tuple[Ints, Ints]:
    """Session rows and times of a market's LIVE viewers; sessions differ much in how many they draw."""
    draw = design.randomness.stream(f"live viewers {market}")
    weights = np.round(np.exp(draw.normal(0, 0.8, len(rows))), 6)
    count = int(draw.poisson(design.size.live_exposures * design.markets[market].share))
    session = rows[weighted(draw, weights, count)]
    length = (ended - started)[session]
    return session, started[session] + (draw.random(count) * length).astype(np.int64)
