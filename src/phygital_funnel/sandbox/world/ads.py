"""The brand's ads: campaigns of prospecting and retargeting that lead to Amazon, and one that leads to the Shop."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS, PROSPECTING, RETARGETING, Market
from phygital_funnel.sandbox.world.columns import micros_of, timestamps
from phygital_funnel.sandbox.world.content import HOSTILE_CAPTIONS, PLAIN_CAPTIONS
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, NEVER

ADS_PER_SET, AMAZON_ADS_PER_SET = 10, 8
"""Ads of a set, and how many of them, counted from its first, lead to Amazon where it sells."""
DEEP_LINK_PLACES = (2, 6)
"""Which of the latter open Amazon's app, where tags survive more often."""
AMAZON, SHOP = "amazon", "tiktok_shop"
_SHOP_NAME = "Shop"
_AUDIENCES = ("Beauty 25-44", "Lookalike 3%", "Site visitors 30d", "Video viewers 6s", "Shop intenders")
_CPM_USD, _CPM_SIGMA = 8.0, 0.3


@dataclass(frozen=True)
class _AdPlan:
    """Where an ad sits and how it is delivered: five ad groups of two ads, repeated ``ad_sets`` times."""

    market: Market
    market_number: int
    number: int

    @property
    def place(self) -> int:
        """Position within its set."""
        return self.number % ADS_PER_SET

    @property
    def campaign(self) -> int:
        return self.number // ADS_PER_SET * 3 + self.place // 4

    @property
    def kind(self) -> str:
        return (PROSPECTING, RETARGETING, _SHOP_NAME)[self.place // 4]

    @property
    def destination(self) -> str:
        return SHOP if self.kind == _SHOP_NAME or not self.market.has_amazon else AMAZON

    @property
    def is_slow(self) -> bool:
        """One ad of each market has so little delivery that Amazon masks it for weeks."""
        return self.place == 7

    @property
    def is_spark(self) -> bool:
        """Whether it shows a creator's post rather than the brand's own."""
        return self.place % 5 in (0, 3)

    @property
    def is_deep_link(self) -> bool:
        """Whether it opens Amazon's app instead of a page in TikTok's browser."""
        return self.destination == AMAZON and self.place in DEEP_LINK_PLACES

    @property
    def is_deleted(self) -> bool:
        return self.place == 5


def ads(design: Design, video_table: pa.Table) -> pa.Table:
    """One row per ad, with its campaign and ad group; ten per market and set."""
    draw = design.randomness.stream("ads")
    plans = [
        _AdPlan(market, number, ad)
        for number, market in enumerate(design.markets)
        for ad in range(ADS_PER_SET * design.size.ad_sets)
    ]
    posts = _Posts(design, video_table)
    rows = [_ad(plan, design, posts, draw) for plan in plans]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("created_at", "modified_at", "starts_at", "ends_at", "deleted_at"):
        columns[name] = timestamps(columns[name])
    return pa.table(columns)


def _ad(plan: _AdPlan, design: Design, posts: "_Posts", draw: np.random.Generator) -> dict[str, Any]:
    market = plan.market
    prefix = f"1781{plan.market_number + 1}"
    start, days = design.start, design.size.days
    created = start - DAY + 14 * HOUR + plan.number * MINUTE
    starts = start if plan.place % 4 < 3 else start + int(0.2 * days) * DAY
    if plan.destination == SHOP:
        starts = max(starts, int(design.shop_openings[plan.market_number]))
    deleted = start + int(0.6 * days) * DAY + 9 * HOUR if plan.is_deleted else NEVER
    video_id, creator_id = posts.draw_for(market, draw, is_spark=plan.is_spark)
    group = plan.number // 2
    target = "Amazon" if plan.destination == AMAZON else "TikTok Shop"
    # Retargeting finds those who would buy anyway.
    power = 1.2 if plan.kind == RETARGETING else 0.5
    return {
        "ad_id": f"{prefix}3{plan.number + 1:010d}",
        "ad_name": f"{'Spark' if plan.is_spark else 'Brand'} | {plan.kind} | hook{plan.number + 1}",
        "ad_text": (PLAIN_CAPTIONS + HOSTILE_CAPTIONS)[plan.place],
        "adgroup_id": f"{prefix}2{group + 1:010d}",
        "adgroup_name": _AUDIENCES[group % len(_AUDIENCES)],
        "campaign_id": f"{prefix}1{plan.campaign + 1:010d}",
        "campaign_name": f"{market.code} | {target} | {plan.kind}" + _set_suffix(plan),
        "advertiser_id": market.advertiser_id,
        "market": market.code,
        "is_spark": plan.is_spark,
        "video_id": video_id,
        "creator_id": creator_id,
        "asin": PRODUCTS[(plan.number * 3 + plan.market_number + 1) % len(PRODUCTS)].asin,
        "daily_budget_minor": round(int(draw.integers(8, 30)) * 10 * market.price_factor) * 10**market.exponent,
        "cpm_micro": int(np.exp(draw.normal(np.log(_CPM_USD), _CPM_SIGMA)) * market.price_factor * 1_000_000),
        "delivery_weight": 0.02 if plan.is_slow else round(float(np.exp(draw.normal(0, 0.5))), 6),
        "targeting_power": power,
        "created_at": created,
        "modified_at": created if deleted == NEVER else deleted,
        "starts_at": starts,
        "ends_at": start + days * DAY if deleted == NEVER else deleted,
        "deleted_at": deleted,
        "destination": plan.destination,
        "is_deep_link": plan.is_deep_link,
    }


def _set_suffix(plan: _AdPlan) -> str:
    number = plan.number // ADS_PER_SET
    return f" {number + 1}" if number else ""


class _Posts:
    """Posts published before the period: the brand's own, and creators' for Spark ads."""

    def __init__(self, design: Design, videos: pa.Table) -> None:
        is_old = micros_of(videos["published_at"]) < design.start
        stays = videos["deleted_at"].is_null().to_numpy()
        rows = videos.select(["video_id", "creator_id", "market"]).take(np.flatnonzero(is_old & stays)).to_pylist()
        self._choices: dict[tuple[str, bool], list[dict[str, str]]] = {}
        for row in rows:
            self._choices.setdefault((row["market"], not row["creator_id"].endswith("_000")), []).append(row)

    def draw_for(self, market: Market, draw: np.random.Generator, *, is_spark: bool) -> tuple[str, str]:
        """Ids of a post and of its creator."""
        choices = self._choices[market.code, is_spark]
        chosen = choices[int(draw.integers(0, len(choices)))]
        return chosen["video_id"], chosen["creator_id"]
