"""What TikTok reports of the world's ads per account-local day, as known at a time.

Until 12:00 UTC of the day after, counts and spend are 97 % of the truth; then they are right but for a small
correction of spend, which comes at 12:00 UTC of the third day after. Reach takes 16 hours from the end of the day.
Numbers lag by half an hour and are served by whole hours.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sandbox.world.delivery import ENGAGEMENTS, Floats, codes_of, micros_of
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, Ints, day_end, day_of, local_days, micros

PROVISIONAL_SHARE = 0.97
SPEND_CORRECTION = 0.008
"""Largest share by which spend is still wrong between the first and the last correction."""
CORRECTION_HOUR, LAST_CORRECTION_DAYS = 12, 3
LATENCY = 30 * MINUTE
REACH_DELAY = 16 * HOUR
NOT_AVAILABLE = "-"

METRICS = frozenset(
    {
        "spend", "impressions", "clicks", "reach", "video_play_actions", "video_watched_2s", "video_watched_6s",
        "video_views_p25", "video_views_p50", "video_views_p75", "video_views_p100", "average_video_play", "likes",
        "comments", "shares", "follows", "profile_visits", "conversion",
    }
)  # fmt: skip
_QUARTILES = {"video_views_p25": 0.25, "video_views_p50": 0.5, "video_views_p75": 0.75, "video_views_p100": 1.0}
_ENGAGEMENT_METRICS = dict(
    zip(("likes", "comments", "shares", "follows", "profile_visits"), ENGAGEMENTS[1:], strict=True)
)


@dataclass(frozen=True)
class Row:
    """One ad on one day."""

    advertiser_id: str
    ad_id: str
    day: int
    metrics: dict[str, str]


class AdFigures:
    """Hourly sums of all ads, computed once, and the daily rows that a time shows of them."""

    def __init__(self, world: World) -> None:
        self._ads = world["ads"].to_pylist()
        self._zones = {market.advertiser_id: market.advertiser_timezone for market in MARKETS}
        self._first_hour = micros(world.size.first_moment) // HOUR
        self._hours = (world.size.days + 1) * 24
        hours = (self._first_hour + np.arange(self._hours)) * HOUR
        self._days = {zone: local_days(hours, zone) for zone in self._zones.values()}
        exposure = world["exposures"]
        rows = np.flatnonzero(exposure["is_paid"].to_numpy())
        self._ad = codes_of(exposure["ad_id"])[rows]
        occurred_at = micros_of(exposure["occurred_at"])[rows]
        self._cell = self._ad * self._hours + occurred_at // HOUR - self._first_hour
        self._sums = {name: self._hourly(values) for name, values in _measures(world, rows).items()}
        self._reach = self._unique_people(occurred_at, exposure["person_id"].to_numpy()[rows])

    def _hourly(self, values: Floats) -> Floats:
        size = len(self._ads) * self._hours
        sums = np.bincount(self._cell, weights=values, minlength=size).astype(np.float64)
        return sums.reshape(len(self._ads), self._hours)

    def _unique_people(self, occurred_at: Ints, person: Ints) -> dict[tuple[int, int], int]:
        reach: dict[tuple[int, int], int] = {}
        hour = occurred_at // HOUR - self._first_hour
        everyone = int(person.max()) + 1
        for number in range(len(self._ads)):
            rows = np.flatnonzero(self._ad == number)
            days = self._days[self._zone(number)][hour[rows]]
            # Day and person as one number: unique pairs would take ten times as long.
            pairs = np.unique(days * everyone + person[rows])
            found, counts = np.unique(pairs // everyone, return_counts=True)
            reach.update({(number, int(day)): int(count) for day, count in zip(found, counts, strict=True)})
        return reach

    @lru_cache(maxsize=4)  # noqa: B019  one instance per process
    def at(self, now: datetime) -> list[Row]:
        """Rows with impressions, by ad and day, as reported at ``now``."""
        known_hours = int(np.clip((micros(now) - LATENCY) // HOUR - self._first_hour, 0, self._hours))
        return [row for number in range(len(self._ads)) for row in self._rows(number, known_hours, micros(now))]

    def _rows(self, number: int, known_hours: int, now: int) -> list[Row]:
        # Hours are in order, so each day is one slice of them.
        days, starts = np.unique(self._days[self._zone(number)][:known_hours], return_index=True)
        if not len(days):
            return []
        sums = {name: np.add.reduceat(hours[number, :known_hours], starts) for name, hours in self._sums.items()}
        return [
            self._row(number, int(day), {name: float(values[n]) for name, values in sums.items()}, now)
            for n, day in enumerate(days)
            if sums["impressions"][n]
        ]

    def _zone(self, number: int) -> str:
        return self._zones[self._ads[number]["advertiser_id"]]

    def _row(self, number: int, day: int, sums: dict[str, float], now: int) -> Row:
        ad = self._ads[number]
        is_provisional = now < (day + 1) * DAY + CORRECTION_HOUR * HOUR
        counts = {name: int(value * PROVISIONAL_SHARE if is_provisional else value) for name, value in sums.items()}
        metrics = {name: str(value) for name, value in counts.items()}
        metrics["spend"] = f"{sums['spend'] / 1e6 * _spend_share(ad['ad_id'], day, now):.2f}"
        plays = sums["video_play_actions"]
        metrics["average_video_play"] = f"{sums['watch_ms'] / plays / 1000:.2f}" if plays else NOT_AVAILABLE
        reach_known = now >= day_end(day, self._zone(number)) + REACH_DELAY
        reach = min(self._reach[number, day], counts["impressions"])
        metrics["reach"] = str(reach) if reach_known else NOT_AVAILABLE
        # A shop on Amazon has no pixel, so TikTok sees no conversion.
        metrics["conversion"] = "0"
        if not ad["is_spark"]:
            metrics["profile_visits"] = NOT_AVAILABLE
        return Row(ad["advertiser_id"], ad["ad_id"], day, metrics)


def _spend_share(ad_id: str, day: int, now: int) -> float:
    """Share of the true spend that is reported."""
    if now < (day + 1) * DAY + CORRECTION_HOUR * HOUR:
        return PROVISIONAL_SHARE
    if now >= (day + LAST_CORRECTION_DAYS) * DAY + CORRECTION_HOUR * HOUR:
        return 1.0
    return 1 + SPEND_CORRECTION * (zlib.crc32(f"{ad_id}|{day}".encode()) / 2**31 - 1)


def _measures(world: World, rows: Ints) -> dict[str, Floats]:
    """Per paid exposure how much it adds to each metric; a click counts in the hour of its impression."""
    exposure = world["exposures"]
    is_clicked = np.zeros(exposure.num_rows)
    is_clicked[world["clicks"]["exposure_id"].to_numpy()] = 1.0
    watched = exposure["watch_ms"].to_numpy()[rows].astype(float)
    video = codes_of(exposure["video_id"])[rows]
    share = watched / world["videos"]["duration_ms"].to_numpy()[video]
    engagement = codes_of(exposure["engagement"])[rows]
    measures: dict[str, Any] = {
        "impressions": np.ones(len(rows)),
        "clicks": is_clicked[rows],
        "spend": exposure["cost_micro"].to_numpy()[rows].astype(float),
        "watch_ms": watched,
        "video_play_actions": watched > 0,
        "video_watched_2s": exposure["watched_2s"].to_numpy()[rows],
        "video_watched_6s": exposure["watched_6s"].to_numpy()[rows],
    }
    measures |= {name: share >= quartile for name, quartile in _QUARTILES.items()}
    measures |= {name: engagement == ENGAGEMENTS.index(kind) for name, kind in _ENGAGEMENT_METRICS.items()}
    return {name: np.asarray(values, dtype=float) for name, values in measures.items()}


def iso_day(day: int) -> str:
    """TikTok's form of a day."""
    return f"{day_of(day).isoformat()} 00:00:00"
