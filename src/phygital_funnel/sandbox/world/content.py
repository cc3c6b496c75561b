"""Content: creators with promo codes, their videos, and the ads of the brand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS, PROSPECTING, RETARGETING, Market
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, NEVER, micros

TIMESTAMP = pa.timestamp("us", tz="UTC")
CONTENT_TYPES = ("haul", "before_after", "test", "unboxing", "tutorial", "skit")
# Platforms pass on whatever people type, so the world types what breaks careless readers.
HOSTILE_HANDLES = (
    '<script>alert("phygital")</script>',
    '"quoted", comma',
    "étoile ✨🧴",
    "two\nlines",
    "=1+1",
    "O'Brien",
)
HOSTILE_CAPTIONS = (
    'She said "wow", twice',
    "<script>document.title='owned'</script> #skincare",
    "glow up ✨🔥 100% & more",
    "line one\nline two; drop table ads; --",
    "Ça change tout, à voir",
)
PLAIN_CAPTIONS = (
    "See why it sells out",
    "7 days later",
    "Unboxing with me",
    "Three steps, two minutes",
    "My honest test",
)
BRAND_HANDLE = "sandbox.brand"


def timestamps(values: Any) -> pa.Array:
    """Timestamp column from microseconds; ``NEVER`` becomes NULL."""
    numbers = np.asarray(values, dtype=np.int64)
    return pa.array(numbers, mask=numbers == NEVER).cast(TIMESTAMP)


def creators(size: Size, randomness: Randomness) -> pa.Table:
    """One row per creator: the brand's own account first, without a code, then the others, each with one promo code."""
    draw = randomness.stream("creators")
    rows = [row for market in MARKETS for row in _creators_of(market, size, draw)]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("code_valid_from", "code_valid_to"):
        columns[name] = timestamps(columns[name])
    return pa.table(columns)


def _creators_of(market: Market, size: Size, draw: np.random.Generator) -> list[dict[str, Any]]:
    start = micros(size.first_moment)
    rows = []
    for number in range(size.creators_per_market + 1):
        is_brand = number == 0
        # One creator in five had a contract that ended inside the period.
        valid_days = size.days // 2 if number % 5 == 4 else size.days + 30
        rows.append(
            {
                "creator_id": f"cr_{market.code.lower()}_{number:03d}",
                "handle": f"{BRAND_HANDLE}.{market.code.lower()}" if is_brand else _handle(market, number),
                "country": market.country,
                "market": market.code,
                "followers": int(np.exp(draw.normal(11, 1.2))),
                "quality": float(np.exp(draw.normal(0, 0.35))),
                "commission_rate": 0.0 if is_brand else float(draw.integers(10, 31)) / 100,
                "promo_code": None if is_brand else f"{market.code}CREATOR{number:02d}",
                "code_valid_from": NEVER if is_brand else start - 7 * DAY,
                "code_valid_to": NEVER if is_brand else start + valid_days * DAY,
            }
        )
    return rows


def _handle(market: Market, number: int) -> str:
    position = MARKETS.index(market) * 2 + number - 1
    if number <= 2 and position < len(HOSTILE_HANDLES):
        return HOSTILE_HANDLES[position]
    return f"creator.{market.code.lower()}.{number:02d}"


def videos(size: Size, creator_table: pa.Table, randomness: Randomness) -> pa.Table:
    """One row per post: who posted what when, how long it is, and its share of the market's organic views."""
    draw = randomness.stream("videos")
    posts = np.maximum(2, draw.poisson(size.videos_per_creator, creator_table.num_rows))
    creator = np.repeat(np.arange(creator_table.num_rows), posts)
    count = len(creator)
    start = micros(size.first_moment)
    days = draw.integers(-14, size.days - 5, count)
    # The first post of every account is there before any ad needs it.
    days[np.concatenate([[0], np.cumsum(posts)[:-1]])] = -14
    minutes = np.clip(draw.normal(18.5 * 60, 150, count), 0, 1439).astype(np.int64)
    market = np.asarray(creator_table["market"].to_pylist())[creator]
    quality = np.asarray(creator_table["quality"])[creator] * np.exp(draw.normal(0, 0.25, count))
    size_weight = np.exp(draw.normal(0, 1.8, count)) * np.sqrt(np.asarray(creator_table["followers"])[creator])
    captions = PLAIN_CAPTIONS + HOSTILE_CAPTIONS
    return pa.table(
        {
            "video_id": [f"74300{number:014d}" for number in range(1, count + 1)],
            "creator_id": np.asarray(creator_table["creator_id"].to_pylist())[creator],
            "market": market,
            "content_type": np.asarray(CONTENT_TYPES)[draw.integers(0, len(CONTENT_TYPES), count)],
            "caption": [captions[number % len(captions)] for number in range(count)],
            "published_at": timestamps(start + days * DAY + minutes * MINUTE),
            "duration_ms": draw.integers(9, 61, count) * 1000,
            "quality": np.clip(quality, 0.4, 2.5),
            "reach_weight": size_weight,
            "asin": np.asarray([product.asin for product in PRODUCTS])[draw.integers(0, len(PRODUCTS), count)],
        }
    )


@dataclass(frozen=True)
class _AdPlan:
    """Where an ad sits and how it is delivered."""

    market: Market
    campaign: int
    ad_group: int
    number: int

    @property
    def kind(self) -> str:
        return (PROSPECTING, RETARGETING)[self.campaign]

    @property
    def is_slow(self) -> bool:
        """The last ad of each market has so little delivery that Amazon masks it for weeks."""
        return self.number == 7

    @property
    def is_spark(self) -> bool:
        """Whether it shows a creator's post rather than the brand's own."""
        return self.number % 5 in (0, 3)

    @property
    def is_deleted(self) -> bool:
        return self.number == 5


def ads(size: Size, video_table: pa.Table, randomness: Randomness) -> pa.Table:
    """One row per ad, with its campaign and ad group; eight per market: two campaigns of two ad groups of two ads."""
    draw = randomness.stream("ads")
    plans = [_AdPlan(market, number // 4, number // 2, number) for market in MARKETS for number in range(8)]
    rows = [_ad(plan, size, video_table, draw) for plan in plans]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("created_at", "modified_at", "starts_at", "ends_at", "deleted_at"):
        columns[name] = timestamps(columns[name])
    return pa.table(columns)


def _ad(plan: _AdPlan, size: Size, video_table: pa.Table, draw: np.random.Generator) -> dict[str, Any]:
    market_number = MARKETS.index(plan.market) + 1
    prefix = f"1781{market_number}"
    start = micros(size.first_moment)
    created = start - DAY + 14 * HOUR + plan.number * MINUTE
    starts = start if plan.number % 4 < 3 else start + int(0.2 * size.days) * DAY
    deleted = start + int(0.6 * size.days) * DAY + 9 * HOUR if plan.is_deleted else NEVER
    video = _video_for(plan, size.first_moment, video_table, draw)
    kind = plan.kind
    audience = ("Beauty 25-44", "Lookalike 3%", "Site visitors 30d", "Video viewers 6s")[plan.ad_group]
    return {
        "ad_id": f"{prefix}3{plan.number + 1:010d}",
        "ad_name": f"{'Spark' if plan.is_spark else 'Brand'} | {kind} | hook{plan.number + 1}",
        "ad_text": (PLAIN_CAPTIONS + HOSTILE_CAPTIONS)[plan.number],
        "adgroup_id": f"{prefix}2{plan.ad_group + 1:010d}",
        "adgroup_name": audience,
        "campaign_id": f"{prefix}1{plan.campaign + 1:010d}",
        "campaign_name": f"{plan.market.code} | Amazon | {kind}",
        "advertiser_id": plan.market.advertiser_id,
        "market": plan.market.code,
        "is_spark": plan.is_spark,
        "video_id": video["video_id"],
        "creator_id": video["creator_id"],
        "asin": PRODUCTS[(plan.number * 3 + market_number) % len(PRODUCTS)].asin,
        "daily_budget_minor": int(draw.integers(8, 30)) * 1000,
        "cpm_micro": int(np.exp(draw.normal(np.log(8), 0.3)) * 1_000_000),
        "delivery_weight": 0.02 if plan.is_slow else float(np.exp(draw.normal(0, 0.5))),
        "targeting_power": 0.5 if plan.campaign == 0 else 1.2,
        "created_at": created,
        "modified_at": created if deleted == NEVER else deleted,
        "starts_at": starts,
        "ends_at": start + size.days * DAY if deleted == NEVER else deleted,
        "deleted_at": deleted,
    }


def _video_for(
    plan: _AdPlan, first_moment: datetime, video_table: pa.Table, draw: np.random.Generator
) -> dict[str, Any]:
    """A post published before the period: the brand's own, or a creator's for a Spark ad."""
    brand = f"cr_{plan.market.code.lower()}_000"
    old = [
        row
        for row in video_table.select(["video_id", "creator_id", "market", "published_at"]).to_pylist()
        if row["market"] == plan.market.code and row["published_at"] < first_moment
    ]
    candidates = [row for row in old if (row["creator_id"] != brand) == plan.is_spark]
    chosen: dict[str, Any] = candidates[int(draw.integers(0, len(candidates)))]
    return chosen
