"""A world small enough to count by hand: two exposures that share a person, and a displaced order.

People: 0 and 1 in the US, 2 in the UK. Exposures: 0 (ad, person 0), 1 (feed, person 0), 2 (live, person 2).
Candidates: c0 Amazon by exposure 0; c1 Amazon by exposure 1, which exposure 0 saturates; c2 Shop by exposure 2, which
displaces the baseline Amazon order c3 of person 2; c4 baseline Amazon of person 1; c5 Amazon that takes both 0 and 1.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sandbox.world.columns import timestamps
from phygital_funnel.sandbox.world.times import DAY, HOUR, micros

START = micros(datetime(2026, 9, 7, tzinfo=UTC))  # a Monday


def _exposures() -> pa.Table:
    return pa.table(
        {
            "exposure_id": np.arange(3),
            "person_id": np.array([0, 0, 2]),
            "surface": pa.array(["ad", "feed", "live"]).dictionary_encode(),
            "ad_id": pa.array(["a1", None, None]).dictionary_encode(),
            "video_id": pa.array(["v_brand", "v_creator", None]).dictionary_encode(),
            "live_id": pa.array([None, None, "l1"]).dictionary_encode(),
            "occurred_at": timestamps(START + np.array([1, 2, 3]) * HOUR),
            "is_paid": np.array([True, False, False]),
        }
    )


def _candidates(*, is_additive: bool) -> pa.Table:
    return pa.table(
        {
            "candidate_id": np.arange(6),
            "order_id": [f"o{n}" for n in range(6)],
            "exposure_id": pa.array([0, 1, 2, None, None, 0], pa.int64()),
            "platform": ["amazon", "amazon", "tiktok_shop", "amazon", "amazon", "amazon"],
            "market": pa.array(["US", "US", "UK", "UK", "US", "US"]).dictionary_encode(),
            "person_id": np.array([0, 0, 2, 2, 1, 0]),
            "purchased_at": timestamps(START + np.array([1, 2, 3, 8, 1, 2]) * DAY),
            "net_amount_minor": np.array([1000, 2000, 700, 4000, 500, 30]),
            "units": np.ones(6, dtype=np.int64),
            "displaces": pa.array([None, None, None if is_additive else 3, None, None, None], pa.int64()),
        }
    )


@dataclass
class HandmadeWorld:
    """See the module; an additive one has neither saturation, nor synergy, nor displacement."""

    is_additive: bool = False
    seed: int = 1
    markets: tuple = MARKETS[:2]
    calls: int = 0
    candidates: pa.Table = field(init=False)
    tables: dict = field(init=False)

    def __post_init__(self) -> None:
        self.candidates = _candidates(is_additive=self.is_additive)
        self.tables = {
            "exposures": _exposures(),
            "people": pa.table(
                {
                    "person_id": np.arange(3),
                    "market": pa.array(["US", "US", "UK"]).dictionary_encode(),
                    "geo": np.array([0, 1, 2], dtype=np.int16),
                }
            ),
            "creators": pa.table(
                {
                    "creator_id": ["brand", "anna", "bert"],
                    "market": ["US", "US", "UK"],
                    "promo_code": [None, "ANNA10", "BERT10"],
                }
            ),
            "videos": pa.table({"video_id": ["v_brand", "v_creator"], "creator_id": ["brand", "anna"]}),
            "live_sessions": pa.table({"live_id": ["l1"], "creator_id": ["bert"]}),
            "ads": pa.table({"ad_id": ["a1"], "campaign_id": ["camp1"], "market": ["US"]}),
        }
        happened = self.happened(None)
        orders = [*self.candidates["order_id"].filter(pa.array(happened)).to_pylist(), "mirror"]
        fulfils = [None] * int(happened.sum()) + ["o2"]
        self.tables["orders"] = pa.table({"order_id": orders, "fulfils_order_id": pa.array(fulfils, pa.string())})

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]

    def happened(self, removed: np.ndarray | None) -> np.ndarray:
        self.calls += 1
        ad, feed, live = ~(np.zeros(3, dtype=bool) if removed is None else removed)
        if self.is_additive:
            return np.array([ad, feed, live, True, True, ad])
        return np.array([ad, feed and not ad, live, not live, True, ad and feed])
