"""Content: creators with promo codes, and their videos."""

from typing import Any

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.calendar import spike_of
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.columns import Floats, rows_in, timestamps
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, NEVER, Ints

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

VIDEO_SIZE_SIGMA = 1.8
EARLY_SHARE, EARLY_DAYS, LATE_DAYS = 0.31, 0.35, 17.0
"""Views come as a mixture of two exponentials of the post's age: 33, 39, 54 and 100 % by 1, 2, 7 and 90 days."""
SPIKE_SHARE, SPIKE_BRANCHING = 0.01, 0.95
"""Share of posts that go viral, and how many further views each of their views then brings."""
DELETED_SHARE = 0.03
_BRANCHING = (2.0, 3.0)
_DAYS_BEFORE = 14


def creators(design: Design) -> pa.Table:
    """One row per creator: the brand's own account first, without a code, then the others, each with one promo code."""
    draw = design.randomness.stream("creators")
    rows = [row for number in range(len(design.markets)) for row in _creators_of(number, design, draw)]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("code_valid_from", "code_valid_to"):
        columns[name] = timestamps(columns[name])
    return pa.table(columns)


def _creators_of(market_number: int, design: Design, draw: np.random.Generator) -> list[dict[str, Any]]:
    market, start, days = design.markets[market_number], design.start, design.size.days
    rows = []
    for number in range(design.size.creators_per_market + 1):
        is_brand = number == 0
        # One creator in five had a contract that ended inside the period.
        valid_days = days // 2 if number % 5 == 4 else days + 30
        rows.append(
            {
                "creator_id": f"cr_{market.code.lower()}_{number:03d}",
                "handle": _handle(market, market_number, number),
                "open_id": f"_000{draw.integers(0, 2**62):016x}{number:012d}",
                "country": market.country,
                "market": market.code,
                "followers": int(np.exp(draw.normal(11, 1.2))),
                "quality": round(float(np.exp(draw.normal(0, 0.35))), 6),
                "commission_rate": 0.0 if is_brand else float(draw.integers(10, 31)) / 100,
                "promo_code": None if is_brand else f"{market.code}CREATOR{number:02d}",
                "code_valid_from": NEVER if is_brand else start - 7 * DAY,
                "code_valid_to": NEVER if is_brand else start + valid_days * DAY,
            }
        )
    return rows


def _handle(market: Market, market_number: int, number: int) -> str:
    if number == 0:
        return f"{BRAND_HANDLE}.{market.code.lower()}"
    position = market_number * 2 + number - 1
    if number <= 2 and position < len(HOSTILE_HANDLES):
        return HOSTILE_HANDLES[position]
    return f"creator.{market.code.lower()}.{number:02d}"


def videos(design: Design, creator_table: pa.Table) -> pa.Table:
    """One row per post: who posted what when, how good it is, and the views it can expect in all its life.

    ``branching`` is how many further views each view brings, which ``expected_views`` already counts.
    """
    draw = design.randomness.stream("videos")
    market_of_creator = rows_in(creator_table["market"], [market.code for market in design.markets])
    posts = np.maximum(2, draw.poisson(design.size.videos_per_creator, creator_table.num_rows))
    creator = np.repeat(np.arange(creator_table.num_rows), posts)
    count = len(creator)
    market = market_of_creator[creator]
    is_first = np.diff(creator, prepend=-1) > 0
    published = _published(design, is_first, market, draw)
    quality = creator_table["quality"].to_numpy()[creator] * np.exp(draw.normal(0, 0.25, count))
    size = np.exp(draw.normal(0, VIDEO_SIZE_SIGMA, count)) * np.sqrt(creator_table["followers"].to_numpy()[creator])
    is_viral = draw.random(count) < SPIKE_SHARE
    branching = np.where(is_viral, SPIKE_BRANCHING, draw.beta(*_BRANCHING, count))
    deleted = published + (draw.uniform(10, 40, count) * DAY).astype(np.int64) // MINUTE * MINUTE
    # Ads show an account's first post, so that one stays.
    is_deleted = (draw.random(count) < DELETED_SHARE) & ~is_first & (deleted < design.end)
    captions = PLAIN_CAPTIONS + HOSTILE_CAPTIONS
    columns = {
        "video_id": [f"74300{number:014d}" for number in range(1, count + 1)],
        "creator_id": creator_table["creator_id"].take(pa.array(creator)),
        "market": creator_table["market"].take(pa.array(creator)),
        "content_type": np.asarray(CONTENT_TYPES)[draw.integers(0, len(CONTENT_TYPES), count)],
        "caption": [captions[number % len(captions)] for number in range(count)],
        "published_at": published,
        "deleted_at": np.where(is_deleted, deleted, NEVER),
        "duration_ms": draw.integers(9, 61, count) * 1000,
        "quality": np.round(np.clip(quality, 0.4, 2.5), 6),
        "asin": np.asarray([product.asin for product in PRODUCTS])[draw.integers(0, len(PRODUCTS), count)],
        "expected_views": _expected_views(design, market, size, published),
        "branching": np.round(branching, 6),
        "is_viral": is_viral,
    }
    _make_viral(design, columns)
    for name in ("published_at", "deleted_at"):
        columns[name] = timestamps(columns[name])
    return pa.table(columns)


def _published(design: Design, is_first: Any, market: Ints, draw: np.random.Generator) -> Ints:
    days = draw.integers(-_DAYS_BEFORE, design.size.days - 5, len(market))
    # The first post of every account is there before any ad needs it.
    days[is_first] = -_DAYS_BEFORE
    evening = np.clip(draw.normal(18.5 * 60, 150, len(market)), 0, 1439).astype(np.int64)
    shift = np.array([entry.clock_shift for entry in design.markets])[market]
    published: Ints = design.start + days * DAY + evening * MINUTE - shift * HOUR
    return published


def _expected_views(design: Design, market: Ints, size: Floats, published: Ints) -> Floats:
    """All-time views, such that each market gets its share of the size's organic exposures within the period."""
    inside = share_by(design.end - published) - share_by(design.start - published)
    expected = np.zeros(len(size))
    for number, entry in enumerate(design.markets):
        rows = market == number
        scale = design.size.organic_exposures * entry.share / np.cumsum((size * inside)[rows])[-1]
        expected[rows] = size[rows] * scale
    return np.round(expected, 3)


def share_by(age: Ints) -> Floats:
    """Share of a post's views by an age in microseconds."""
    days = np.maximum(age, 0) / DAY
    late = (1 - EARLY_SHARE) * -np.expm1(-days / LATE_DAYS)
    shares: Floats = EARLY_SHARE * -np.expm1(-days / EARLY_DAYS) + late
    return shares


def viral_post(design: Design, creator_ids: Any) -> int:
    """Row of the viral scenarios' post, the last one of the first creator of the spike's market; else -1.

    Args:
        design: what determines the world.
        creator_ids: of each post.
    """
    spike = spike_of(design.size, design.scenario)
    if spike is None:
        return -1
    return int(np.flatnonzero(np.asarray(creator_ids.to_pylist()) == f"cr_{spike.market.lower()}_001")[-1])


def _make_viral(design: Design, columns: dict[str, Any]) -> None:
    """Give the viral scenarios' post its time, product and views."""
    spike, row = spike_of(design.size, design.scenario), viral_post(design, columns["creator_id"])
    if spike is None:
        return
    columns["published_at"][row] = spike.starts_at
    columns["deleted_at"][row] = NEVER
    columns["asin"][row] = spike.asin
    columns["expected_views"][row] = design.scenario.viral_share * design.size.exposures
    columns["branching"][row] = SPIKE_BRANCHING
    columns["is_viral"][row] = True
