"""What the ads delivered, summed by hour: the facts that every report is made of.

Not all of it arrives at once. An impression is on time, or one of the 3 % that the next noon's correction brings, or
one of the 15 % that only count from day 20 when late restatement is on. Which one follows from its number, so that
hours, days and levels always agree. Every 200th impression has a twin that is only known to its campaign, because
some delivery has no ad or ad group.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.columns import codes_of, micros_of, one_chunk, rows_in
from phygital_funnel.sandbox.world.times import HOUR, Ints
from phygital_funnel.sandbox.world.watching import ENGAGEMENTS

ON_TIME, NEXT_NOON, DAY_TWENTY = 0, 1, 2
ARRIVALS = 3
NEXT_NOON_PERCENT, DAY_TWENTY_PERCENT = 3, 15
TWIN_EVERY = 200
_CHUNK = 2_000_000
_NO_SOURCE = -1

_QUARTILES = {"video_views_p25": 0.25, "video_views_p50": 0.5, "video_views_p75": 0.75, "video_views_p100": 1.0}
_ENGAGEMENTS = dict(zip(("likes", "comments", "shares", "follows", "profile_visits"), ENGAGEMENTS[1:], strict=True))
COUNTS = (
    "impressions", "clicks", "spend_micro", "watch_ms", "video_play_actions", "video_watched_2s", "video_watched_6s",
    *_QUARTILES, *_ENGAGEMENTS,
)  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """Where delivery comes from: every ad, and what a campaign delivered without one.

    Args:
        rows: one row of the ads table for each; of a campaign, its first ad's.
        ads: how many of them are ads; they come first.
    """

    rows: list[dict[str, Any]]
    ads: int

    @classmethod
    def of(cls, world: World) -> "Sources":
        """The sources of a world."""
        ads = world["ads"].to_pylist()
        first = {row["campaign_id"]: row for row in reversed(ads)}
        return cls(ads + [first[campaign] for campaign in sorted(first)], len(ads))

    def is_ad(self, source: int) -> bool:
        """Whether a source is an ad."""
        return source < self.ads

    def name(self, source: int) -> str:
        """Id of the ad, or of the campaign whose delivery has none."""
        return str(self.rows[source]["ad_id" if self.is_ad(source) else "campaign_id"])

    def twins(self) -> Ints:
        """For each ad, the source of its campaign's delivery without an ad."""
        campaigns = {row["campaign_id"]: self.ads + n for n, row in enumerate(self.rows[self.ads :])}
        return np.array([campaigns[row["campaign_id"]] for row in self.rows[: self.ads]], dtype=np.int64)


class Delivery:
    """Hourly sums of a world's paid delivery, or of some of its exposures.

    ``sums`` has one array (arrival, source, hour) for each of ``COUNTS``; ``exposure``, ``person``, ``source`` and
    ``hour`` name each paid impression, hour by hour.
    """

    def __init__(self, world: World, rows: Ints | None = None) -> None:
        self.sources = Sources.of(world)
        exposures = world["exposures"] if rows is None else world["exposures"].take(rows)
        self.first_hour, self.hours = _span(world)
        shape = (ARRIVALS, len(self.sources.rows), self.hours)
        self.sums = {name: np.zeros(shape, dtype=np.int64) for name in COUNTS}
        clicked = np.zeros(world["exposures"].num_rows, dtype=bool)
        clicked[world["clicks"]["exposure_id"].to_numpy()] = True
        duration = dict(zip(*(world["videos"][name].to_pylist() for name in ("video_id", "duration_ms")), strict=True))
        parts = [
            self._add(exposures.slice(start, _CHUNK), clicked, duration)
            for start in range(0, max(1, exposures.num_rows), _CHUNK)
        ]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        self.exposure, self.person, self.source, self.hour = (column[_by_time(columns[-1])] for column in columns)

    def _add(self, part: pa.Table, clicked: npt.NDArray[np.bool_], duration: dict[str, int]) -> tuple[Ints, ...]:
        rows = np.flatnonzero(part["is_paid"].to_numpy())
        ids = (row["ad_id"] for row in self.sources.rows[: self.sources.ads])
        source = _positions(part["ad_id"], ids)[rows]
        hour = micros_of(part["occurred_at"])[rows] // HOUR - self.first_hour
        number = part["exposure_id"].to_numpy()[rows]
        measures = _measures(part, rows, clicked, duration)
        shape = self.sums["impressions"].shape
        cell = (_arrival(number) * shape[1] + source) * shape[2] + hour
        twins = np.flatnonzero(number % TWIN_EVERY == 0)
        twin_cell = cell[twins] + (self.sources.twins()[source[twins]] - source[twins]) * shape[2]
        for name, values in measures.items():
            sums = self.sums[name].reshape(-1)
            sums += _summed(cell, values, sums.size)
            np.add.at(sums, twin_cell, values[twins])
        return (
            number.astype(np.int32),
            part["person_id"].to_numpy()[rows].astype(np.int32),
            source.astype(np.int32),
            hour.astype(np.int32),
        )


def _span(world: World) -> tuple[int, int]:
    """First hour of the world, and how many there are until its last impression or order."""
    exposed = micros_of(world["exposures"]["occurred_at"])
    ordered = micros_of(world["orders"]["purchased_at"])
    first = int(exposed.min()) // HOUR
    # Payment may follow an order by days; an order that is paid even later converts nobody's view.
    last = max(int(exposed.max()), int(ordered.max(initial=0))) // HOUR
    return first, last - first + 1 + 7 * 24


def _summed(cell: Ints, values: npt.NDArray[Any], size: int) -> Ints:
    """Sum of the values of each cell; most flags are rare, and cheaper to count than to add up."""
    if values.dtype == np.bool_:
        return np.bincount(cell[values], minlength=size)
    # Sums stay far below 2**53, up to which a float is exact.
    return np.bincount(cell, weights=values, minlength=size).astype(np.int64)


def _by_time(hour: Ints) -> Ints | slice:
    """Rows in order of their hours, which they usually are already."""
    return slice(None) if (hour[1:] >= hour[:-1]).all() else np.argsort(hour, kind="stable")


def _arrival(number: Ints) -> Ints:
    percentile = number * 37 % 100  # spreads neighbours, and is exact over every hundred
    is_late = percentile < NEXT_NOON_PERCENT + DAY_TWENTY_PERCENT
    arrival: Ints = np.where(percentile < NEXT_NOON_PERCENT, NEXT_NOON, np.where(is_late, DAY_TWENTY, ON_TIME))
    return arrival


def _positions(column: pa.ChunkedArray, names: Iterable[str]) -> Ints:
    """Position among ``names`` of each value of a label column; -1 where it is none of them."""
    labels = rows_in(one_chunk(column).dictionary, names)
    return np.append(labels, _NO_SOURCE)[codes_of(column)]


def _measures(
    part: pa.Table, rows: Ints, clicked: npt.NDArray[np.bool_], duration: dict[str, int]
) -> dict[str, npt.NDArray[Any]]:
    """How much each paid exposure adds to each count; a click counts in the hour of its impression."""
    watched = part["watch_ms"].to_numpy()[rows].astype(np.int64)
    length = np.append(np.array(list(duration.values()), dtype=np.int64), np.iinfo(np.int64).max)
    length = length[_positions(part["video_id"], duration)[rows]]
    kinds = _positions(part["engagement"], ENGAGEMENTS)[rows]
    measures: dict[str, npt.NDArray[Any]] = {
        "impressions": np.ones(len(rows), dtype=np.int64),
        "clicks": clicked[part["exposure_id"].to_numpy()[rows]],
        "spend_micro": part["cost_micro"].to_numpy()[rows],
        "watch_ms": watched,
        "video_play_actions": watched > 0,
        "video_watched_2s": part["watched_2s"].to_numpy()[rows],
        "video_watched_6s": part["watched_6s"].to_numpy()[rows],
    }
    measures |= {name: watched >= quartile * length for name, quartile in _QUARTILES.items()}
    return measures | {name: kinds == ENGAGEMENTS.index(kind) for name, kind in _ENGAGEMENTS.items()}
