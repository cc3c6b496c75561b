"""Delivery: who saw what when, how long they watched, what they did, and the clicks that left the feed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS, Market
from phygital_funnel.sandbox.world.content import timestamps
from phygital_funnel.sandbox.world.people import by_market
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.sizes import Size
from phygital_funnel.sandbox.world.times import DAY, HOUR, NEVER, SECOND, Ints, micros

Floats = npt.NDArray[np.float64]

ENGAGEMENTS = ("none", "like", "comment", "share", "follow", "profile_visit")
_ENGAGEMENT_RATES = (0.045, 0.002, 0.004, 0.001, 0.006)
"""Chance of each engagement, none left out, for an exposure watched two seconds or longer."""

VIEW_2S_RATE = 0.31
VIEW_6S_SHARE = 0.45
PAID_CLICK_RATES = (0.004, 0.02, 0.06)
"""Chance of a destination click of an ad: less than 2 s watched, 2 s, 6 s."""
ORGANIC_CLICK_FACTOR = 0.35
TAG_SURVIVAL = 0.5
TTCLID_SURVIVAL = 0.85
LANDED_RATE, CARTED_RATE, HALO_VIEW_RATE = 0.92, 0.2, 0.22

# Hourly share of feed time on a local day, midnight first: quiet nights, an evening peak.
_HOURLY = np.array([3, 2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 5, 5, 4, 4, 5, 6, 7, 9, 10, 9, 7, 5], dtype=float)
_NO_AD = -1


@dataclass
class _Batch:
    """Exposures under construction; ad and video are row numbers."""

    person: Ints
    ad: Ints
    video: Ints
    occurred_at: Ints


def within_day(draw: np.random.Generator, count: int, shift: int) -> Ints:
    """Microseconds since midnight UTC, peaked in the evening of a market ``shift`` hours off UTC."""
    hours = draw.choice(24, count, p=_HOURLY / _HOURLY.sum())
    moments: Ints = ((hours - shift) % 24) * HOUR + draw.integers(0, HOUR, count)
    return moments


def weighted(draw: np.random.Generator, weights: npt.NDArray[Any], count: int) -> Ints:
    """Row numbers drawn with replacement in proportion to ``weights``."""
    edges = np.cumsum(weights)
    rows: Ints = np.searchsorted(edges, draw.random(count) * edges[-1], side="right").astype(np.int64)
    return rows


def exposures(size: Size, people: pa.Table, videos: pa.Table, ads: pa.Table, randomness: Randomness) -> pa.Table:
    """One row per impression of an ad or view of a post, in order of time."""
    members = by_market(people)
    batches = []
    for market in MARKETS:
        batches.append(_paid(market, size, members[market.code], people, videos, ads, randomness))
        batches.append(_organic(market, size, members[market.code], people, videos, randomness))
    batch = _Batch(
        *(np.concatenate([getattr(b, n) for b in batches]) for n in ("person", "ad", "video", "occurred_at"))
    )
    order = np.argsort(batch.occurred_at, kind="stable")
    batch = _Batch(batch.person[order], batch.ad[order], batch.video[order], batch.occurred_at[order])
    return _watched(batch, videos, ads, randomness.stream("watching"))


def _paid(
    market: Market, size: Size, members: Ints, people: pa.Table, videos: pa.Table, ads: pa.Table, randomness: Randomness
) -> _Batch:
    draw = randomness.stream(f"paid {market.code}")
    rows = np.flatnonzero(np.asarray(ads["market"].to_pylist()) == market.code)
    starts, ends = micros_of(ads["starts_at"])[rows], micros_of(ads["ends_at"])[rows]
    live_share = (ends - starts) / (size.days * DAY)
    weight = ads["delivery_weight"].to_numpy()[rows] * live_share
    total = round(size.paid_exposures * market.share)
    which = weighted(draw, weight, total)
    moment = starts[which] + (draw.random(total) * ((ends - starts)[which] // DAY)).astype(np.int64) * DAY
    moment += within_day(draw, total, market.clock_shift)
    person = np.empty(total, dtype=np.int64)
    power = ads["targeting_power"].to_numpy()[rows]
    for value in np.unique(power):
        chosen = np.flatnonzero(power[which] == value)
        person[chosen] = members[weighted(draw, _reach(people, members, float(value)), len(chosen))]
    video_rows = pc.index_in(ads["video_id"], videos["video_id"].combine_chunks()).to_numpy()[rows]
    return _Batch(person, rows[which].astype(np.int64), video_rows[which].astype(np.int64), moment)


def _organic(
    market: Market, size: Size, members: Ints, people: pa.Table, videos: pa.Table, randomness: Randomness
) -> _Batch:
    draw = randomness.stream(f"organic {market.code}")
    rows = np.flatnonzero(np.asarray(videos["market"].to_pylist()) == market.code)
    drawn = round(size.organic_exposures * market.share * 1.6)
    which = rows[weighted(draw, videos["reach_weight"].to_numpy()[rows], drawn)]
    # A third of the views come within hours of the post, the rest over weeks.
    age_days = np.where(draw.random(drawn) < 0.31, draw.exponential(0.35, drawn), draw.exponential(17, drawn))
    moment = micros_of(videos["published_at"])[which] + (age_days * DAY).astype(np.int64)
    start = micros(size.first_moment)
    kept = np.flatnonzero((moment >= start) & (moment < start + size.days * DAY))
    person = members[weighted(draw, _reach(people, members, 0.7), len(kept))]
    return _Batch(person, np.full(len(kept), _NO_AD), which[kept].astype(np.int64), moment[kept])


def _reach(people: pa.Table, members: Ints, power: float) -> Floats:
    weight: Floats = people["activity"].to_numpy()[members] * people["affinity"].to_numpy()[members] ** power
    return weight


def _watched(batch: _Batch, videos: pa.Table, ads: pa.Table, draw: np.random.Generator) -> pa.Table:
    count = len(batch.person)
    quality = videos["quality"].to_numpy()[batch.video]
    roll = draw.random(count)
    rate_2s = np.clip(VIEW_2S_RATE * quality**0.3, 0.25, 0.45)
    watched_2s = roll < rate_2s
    watched_6s = roll < rate_2s * VIEW_6S_SHARE
    is_started = draw.random(count) < 0.97
    short = (draw.random(count) * 1999).astype(np.int64) * is_started
    middle = 2000 + (draw.random(count) * 3999).astype(np.int64)
    long = 6000 + draw.exponential(8000, count).astype(np.int64)
    duration = videos["duration_ms"].to_numpy()[batch.video]
    watch_ms = np.minimum(np.where(watched_6s, long, np.where(watched_2s, middle, short)), duration)
    edges = np.cumsum((0.0, *_ENGAGEMENT_RATES))
    engagement = np.searchsorted(edges, draw.random(count), side="right")
    engagement = np.where(watched_2s & (engagement < len(ENGAGEMENTS)), engagement, 0).astype(np.int8)
    cost = np.append(ads["cpm_micro"].to_numpy() // 1000, 0)[batch.ad]
    return pa.table(
        {
            "exposure_id": np.arange(count, dtype=np.int64),
            "person_id": batch.person,
            "ad_id": _labels(batch.ad, ads["ad_id"]),
            "video_id": _labels(batch.video, videos["video_id"]),
            "occurred_at": timestamps(batch.occurred_at),
            "is_paid": batch.ad >= 0,
            "watch_ms": watch_ms.astype(np.int32),
            "watched_2s": watched_2s,
            "watched_6s": watched_6s,
            "engagement": pa.DictionaryArray.from_arrays(pa.array(engagement), pa.array(ENGAGEMENTS)),
            "cost_micro": cost.astype(np.int64),
        }
    )


def _labels(rows: Ints, names: pa.ChunkedArray) -> pa.DictionaryArray:
    indices = pa.array(rows.astype(np.int32), mask=rows < 0)
    return pa.DictionaryArray.from_arrays(indices, names.combine_chunks())


def micros_of(column: pa.ChunkedArray) -> Ints:
    """Microseconds of a timestamp column; NULL is ``NEVER``."""
    numbers = column.cast(pa.int64())
    moments: Ints = numbers.fill_null(NEVER).to_numpy().astype(np.int64)
    return moments


def codes_of(column: pa.ChunkedArray) -> Ints:
    """Row numbers behind a label column; NULL is -1."""
    indices = column.combine_chunks()
    array = indices.chunk(0) if isinstance(indices, pa.ChunkedArray) else indices
    codes: Ints = array.indices.cast(pa.int64()).fill_null(-1).to_numpy().astype(np.int64)
    return codes


def clicks(
    size: Size, people: pa.Table, videos: pa.Table, ads: pa.Table, exposure: pa.Table, randomness: Randomness
) -> pa.Table:
    """One row per click that went through the brand's link redirector, in order of time."""
    draw = randomness.stream("clicks")
    depth = exposure["watched_2s"].to_numpy().astype(int) + exposure["watched_6s"].to_numpy()
    ad, video = codes_of(exposure["ad_id"]), codes_of(exposure["video_id"])
    rate = np.array(PAID_CLICK_RATES)[depth] * np.where(ad >= 0, 1.0, ORGANIC_CLICK_FACTOR)
    rows = np.flatnonzero(draw.random(len(rate)) < rate * videos["quality"].to_numpy()[video] ** 0.5)
    moment = micros_of(exposure["occurred_at"])[rows] + exposure["watch_ms"].to_numpy()[rows].astype(np.int64) * 1000
    moment += draw.integers(SECOND // 5, 3 * SECOND, len(rows))
    order = np.argsort(moment, kind="stable")
    return _click_table(rows[order], moment[order], people, videos, ads, exposure, draw)


def _click_table(
    rows: Ints,
    moment: Ints,
    people: pa.Table,
    videos: pa.Table,
    ads: pa.Table,
    exposure: pa.Table,
    draw: np.random.Generator,
) -> pa.Table:
    count = len(rows)
    ad, video = codes_of(exposure["ad_id"])[rows], codes_of(exposure["video_id"])[rows]
    person = exposure["person_id"].to_numpy()[rows]
    is_paid = ad >= 0
    asins = np.where(is_paid, np.append(ads["asin"].to_pylist(), "")[ad], np.asarray(videos["asin"].to_pylist())[video])
    tail = draw.integers(0, 2**40, count)
    has_ttclid = is_paid & (draw.random(count) < TTCLID_SURVIVAL)
    landed = draw.random(count) < LANDED_RATE
    halo = (draw.random(count) < HALO_VIEW_RATE) & landed
    others = np.asarray([product.asin for product in PRODUCTS])[draw.integers(0, len(PRODUCTS), count)]
    countries = {market.code: market.country for market in MARKETS}
    return pa.table(
        {
            "click_id": [f"ck_{us:014x}{number:010x}" for us, number in zip(moment, tail, strict=True)],
            "exposure_id": rows,
            "person_id": person,
            "visitor_id": people["visitor_id"].take(pa.array(person)),
            "clicked_at": timestamps(moment),
            "ttclid": [f"E.C.P.sbx{n:023x}" if has else None for n, has in zip(tail, has_ttclid, strict=True)],
            "is_paid": is_paid,
            "ad_id": pa.array(exposure["ad_id"].take(pa.array(rows)).combine_chunks().cast(pa.string())),
            "video_id": pa.array(exposure["video_id"].take(pa.array(rows)).combine_chunks().cast(pa.string())),
            "creator_id": videos["creator_id"].take(pa.array(video)),
            "placement": np.where(is_paid, "PLACEMENT_TIKTOK", "bio"),
            "asin": asins,
            "country": [countries[code] for code in people["market"].take(pa.array(person)).to_pylist()],
            "has_tag": is_paid & (draw.random(count) < TAG_SURVIVAL),
            "landed": landed,
            "carted": landed & (draw.random(count) < CARTED_RATE),
            "halo_asin": pa.array(others, mask=~halo | (others == asins)),
        }
    )
