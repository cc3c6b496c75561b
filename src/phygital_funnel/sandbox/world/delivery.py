"""Delivery: who saw what when, built day by day into columns that are written once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world.calendar import BLACK_FRIDAY
from phygital_funnel.sandbox.world.columns import Flags, Floats, labels, micros_of, rows_in, timestamps
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.organic import Stream
from phygital_funnel.sandbox.world.people import Audiences
from phygital_funnel.sandbox.world.sampling import Ints32, pick, within_day
from phygital_funnel.sandbox.world.times import DAY, Ints
from phygital_funnel.sandbox.world.watching import ENGAGEMENTS, Facts, Watched, watch

ORGANIC_POWER = 0.7
"""Exponent of affinity by which the feed prefers people; ads have their own (``targeting_power``)."""
SURFACES = ("ad", "feed", "live")
_ROW_BITS = 26
"""Rows of one day, which are packed with their time into one number to be sorted."""


@dataclass(frozen=True)
class Batch:
    """Exposures of one market, kind and day, before they are put in order of time; ``ad`` is -1 for unpaid ones."""

    person: Ints32
    ad: npt.NDArray[np.int16]
    content: Ints32
    time: Ints
    watched: Watched


@dataclass(frozen=True)
class Paid:
    """The ads of one market, by whom they seek out, and their impressions.

    Args:
        ads: ad rows.
        powers: exponents of affinity by which ads prefer people, with the number of ads that have it.
        content: content number of each of ``ads``.
        planned: impressions by ad (of ``ads``) and day.
    """

    ads: Ints
    powers: list[tuple[float, int]]
    content: Ints
    planned: Ints


def paid_plan(design: Design, ads: pa.Table, videos: pa.Table, promotions: pa.Table) -> list[Paid]:
    """One plan per market."""
    planned = _impressions(design, ads, promotions)
    market = rows_in(ads["market"], [entry.code for entry in design.markets])
    power = ads["targeting_power"].to_numpy()
    content = rows_in(ads["video_id"], videos["video_id"].to_pylist())
    plans = []
    for number in range(len(design.markets)):
        rows = np.flatnonzero(market == number)
        rows = rows[np.argsort(power[rows], kind="stable")]
        values, counts = np.unique(power[rows], return_counts=True)
        powers = list(zip(values.tolist(), counts.tolist(), strict=True))
        plans.append(Paid(rows, powers, content[rows], planned[rows]))
    return plans


@dataclass
class Delivered:
    """Columns of all exposures in order of time, and what only the generator needs to know of them.

    Args:
        person: row numbers, as all that follow.
        ad: -1 for unpaid exposures.
        content: row of ``videos``, then of LIVE sessions from ``videos.num_rows`` on.
        occurred_at: microseconds since the epoch.
        effect: relative chance that it causes an order.
        clicked: numbers of the exposures that were clicked, ascending.
        day_starts: first exposure of each day, and the total.
    """

    person: Ints32
    ad: npt.NDArray[np.int16]
    content: Ints32
    occurred_at: Ints
    watch_ms: Ints32
    watched_2s: Flags
    watched_6s: Flags
    engagement: npt.NDArray[np.int8]
    effect: npt.NDArray[np.float32]
    clicked: Ints
    day_starts: Ints


def deliver(
    design: Design, audiences: Audiences, paid: list[Paid], streams: list[Stream], facts: Facts,
    progress: Callable[[float], None],
) -> Delivered:  # fmt: skip
    """All exposures of the period.

    Args:
        design: what determines the world.
        audiences: who can be reached.
        paid: what is planned, by market.
        streams: unpaid views, by market.
        facts: what watching depends on.
        progress: called with the share that is done.
    """
    planned = np.sum([plan.planned.sum(axis=0) for plan in paid], axis=0)
    starts: Ints = np.append(0, np.cumsum(planned)) + np.sum([stream.day_starts for stream in streams], axis=0)
    made = _empty(int(starts[-1]), starts)
    clicked = []
    for day in range(design.size.days):
        batches = _Day(design, audiences, paid, streams, facts, day).batches()
        clicked.append(_write(made, batches, design.start + day * DAY, int(starts[day])))
        progress((day + 1) / design.size.days)
    made.clicked = np.concatenate(clicked)
    return made


def _impressions(design: Design, ads: pa.Table, promotions: pa.Table) -> Ints:
    """Impressions by ad and day of the period: Poisson around what an ad's market, weight and dates give it."""
    draw = design.randomness.stream("paid delivery")
    midnights = design.start + np.arange(design.size.days) * DAY
    starts, ends = micros_of(ads["starts_at"]), micros_of(ads["ends_at"])
    runs = (midnights >= starts[:, None]) & (midnights + DAY <= ends[:, None])
    weight = ads["delivery_weight"].to_numpy()[:, None] * runs
    if design.scenario.campaign_concentration:
        weight = _concentrated(weight, _black_friday(promotions, midnights), design.scenario.campaign_concentration)
    market = rows_in(ads["market"], [entry.code for entry in design.markets])
    expected = np.zeros_like(weight)
    for number, entry in enumerate(design.markets):
        mine = weight[market == number]
        expected[market == number] = mine / np.cumsum(mine)[-1] * design.size.paid_exposures * entry.share
    planned: Ints = draw.poisson(np.round(expected, 6))
    return planned


def _black_friday(promotions: pa.Table, midnights: Ints) -> Flags:
    """Days that begin inside Black Friday week, as the first market with the event counts it."""
    rows = [row for row, name in enumerate(promotions["name"].to_pylist()) if name == BLACK_FRIDAY]
    if not rows:
        return np.zeros(len(midnights), dtype=bool)
    starts, ends = micros_of(promotions["starts_at"])[rows[0]], micros_of(promotions["ends_at"])[rows[0]]
    inside: Flags = (midnights + DAY // 2 >= starts) & (midnights + DAY // 2 < ends)
    return inside


def _concentrated(weight: Floats, is_peak: Flags, share: float) -> Floats:
    if not is_peak.any():
        return weight
    by_day = weight.sum(axis=0)
    factor = np.where(is_peak, share / by_day[is_peak].sum(), (1 - share) / by_day[~is_peak].sum())
    concentrated: Floats = weight * factor
    return concentrated


@dataclass(frozen=True)
class _Day:
    """Makes the batches of one day. Each has a generator of its own, so a change in one leaves the others alone."""

    design: Design
    audiences: Audiences
    paid: list[Paid]
    streams: list[Stream]
    facts: Facts
    day: int

    def batches(self) -> list[Batch]:
        """Paid and unpaid exposures of all markets."""
        markets = range(len(self.design.markets))
        return [batch for number in markets for batch in (self._paid(number), self._unpaid(number))]

    def _paid(self, market: int) -> Batch:
        draw = self.design.randomness.stream(f"paid {market} {self.day}")
        plan = self.paid[market]
        counts = plan.planned[:, self.day]
        ends = np.append(0, np.cumsum(counts))[np.cumsum([0, *(ads for _, ads in plan.powers)])]
        person = np.concatenate(
            [
                pick(self.audiences.of(market, power), draw, int(count))
                for (power, _), count in zip(plan.powers, np.diff(ends), strict=True)
            ]
        )
        ad = np.repeat(plan.ads.astype(np.int16), counts)
        content = np.repeat(plan.content.astype(np.int32), counts)
        time = within_day(draw, len(ad), self.design.markets[market].clock_shift)
        watched = watch(self.facts, self.audiences.affinity_effect.take(person), content, draw, is_paid=True)
        return Batch(person, ad, content, time, watched)

    def _unpaid(self, market: int) -> Batch:
        draw = self.design.randomness.stream(f"unpaid {market} {self.day}")
        content, time = self.streams[market].day(self.day)
        person = pick(self.audiences.of(market, ORGANIC_POWER), draw, len(content))
        watched = watch(self.facts, self.audiences.affinity_effect.take(person), content, draw, is_paid=False)
        return Batch(person, np.full(len(content), -1, dtype=np.int16), content, time, watched)


def _empty(count: int, starts: Ints) -> Delivered:
    return Delivered(
        person=np.empty(count, dtype=np.int32),
        ad=np.empty(count, dtype=np.int16),
        content=np.empty(count, dtype=np.int32),
        occurred_at=np.empty(count, dtype=np.int64),
        watch_ms=np.empty(count, dtype=np.int32),
        watched_2s=np.empty(count, dtype=bool),
        watched_6s=np.empty(count, dtype=bool),
        engagement=np.empty(count, dtype=np.int8),
        effect=np.empty(count, dtype=np.float32),
        clicked=np.empty(0, dtype=np.int64),
        day_starts=starts,
    )


def _write(made: Delivered, batches: list[Batch], midnight: int, first: int) -> Ints:
    """Put a day's batches into the columns in order of time; returns the exposures that were clicked."""
    time = np.concatenate([batch.time for batch in batches])
    packed = np.sort((time << _ROW_BITS) | np.arange(len(time)))
    order = packed & ((1 << _ROW_BITS) - 1)
    rows = slice(first, first + len(time))
    np.add(packed >> _ROW_BITS, midnight, out=made.occurred_at[rows])
    for name in ("person", "ad", "content", "watch_ms", "effect"):
        joined = np.concatenate([getattr(batch if hasattr(batch, name) else batch.watched, name) for batch in batches])
        # All rows exist; "clip" only spares numpy a second copy that it needs to check them.
        np.take(joined, order, out=getattr(made, name)[rows], mode="clip")
    # One look-up instead of four: looking up is what this function spends its time on.
    marks = np.concatenate([_marks(batch.watched) for batch in batches]).take(order)
    made.watched_2s[rows] = marks & 1
    made.watched_6s[rows] = marks & 2
    np.right_shift(marks, 3, out=made.engagement[rows])
    clicked: Ints = np.flatnonzero(marks & 4) + first
    return clicked


def _marks(watched: Watched) -> npt.NDArray[np.int8]:
    """Watched two seconds, six seconds, clicked: a bit each; the engagement above them."""
    marks = watched.engagement << 3
    marks |= watched.watched_2s
    marks |= watched.watched_6s.view(np.int8) << 1
    marks |= watched.is_clicked.view(np.int8) << 2
    return marks


def exposures(made: Delivered, ads: pa.Table, videos: pa.Table, lives: pa.Table) -> pa.Table:
    """One row per impression of an ad, view of a post or viewer of a LIVE session, in order of time.

    Uses ``made`` up: its arrays become the table's columns.
    """
    count, last_video = len(made.person), videos.num_rows
    is_live = made.content >= last_video
    # Nobody pays for LIVE, so the two flags add up to the surface's number: ad, feed, live.
    surface = (made.ad < 0).view(np.int8) + is_live.view(np.int8)
    live_rows = np.flatnonzero(is_live)
    live = np.full(count, -1, dtype=np.int16)
    live[live_rows] = made.content[live_rows] - last_video
    # The column takes over the array: a copy would cost 200 MB in the largest world.
    video, made.content = made.content, np.empty(0, dtype=np.int32)
    video[live_rows] = -1
    cost = np.append(ads["cpm_micro"].to_numpy() // 1000, 0).astype(np.int32)
    return pa.table(
        {
            "exposure_id": np.arange(count, dtype=np.int32),
            "person_id": made.person,
            "surface": labels(surface, SURFACES),
            "ad_id": labels(made.ad, ads["ad_id"].to_pylist()),
            "video_id": labels(video, videos["video_id"].to_pylist()),
            "live_id": labels(live, lives["live_id"].to_pylist()),
            "occurred_at": timestamps(made.occurred_at),
            "is_paid": made.ad >= 0,
            "watch_ms": made.watch_ms,
            "watched_2s": made.watched_2s,
            "watched_6s": made.watched_6s,
            "engagement": labels(made.engagement, ENGAGEMENTS),
            "cost_micro": cost[made.ad],
        }
    )
