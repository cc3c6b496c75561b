"""The unpaid stream of each market: views of posts and of LIVE sessions, in order of time."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world.cascades import views
from phygital_funnel.sandbox.world.columns import micros_of, rows_in
from phygital_funnel.sandbox.world.content import viral_post
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.live import viewings
from phygital_funnel.sandbox.world.sampling import Ints32
from phygital_funnel.sandbox.world.times import DAY, Ints

CONTENT_BITS = 18
"""A view is one number: microseconds since the start of the period, then the content's number in these bits."""


@dataclass(frozen=True)
class Stream:
    """All unpaid views of a market as packed numbers, and where each day of the period begins."""

    packed: Ints
    day_starts: Ints

    def day(self, number: int) -> tuple[Ints32, Ints]:
        """Content numbers and microseconds since the day's midnight of one day's views."""
        packed = self.packed[self.day_starts[number] : self.day_starts[number + 1]]
        return (packed & ((1 << CONTENT_BITS) - 1)).astype(np.int32), (packed >> CONTENT_BITS) - number * DAY


def streams(design: Design, videos: pa.Table, lives: pa.Table) -> list[Stream]:
    """One stream per market. Content numbers are rows of ``videos``, then rows of ``lives``.

    Raises:
        ConfigError: there is more content than the packed form can number.
    """
    if videos.num_rows + lives.num_rows >= 1 << CONTENT_BITS:
        raise ConfigError(f"A world can hold {1 << CONTENT_BITS} posts and LIVE sessions; ask for fewer.")
    return [_stream(design, number, videos, lives) for number in range(len(design.markets))]


def _stream(design: Design, market: int, videos: pa.Table, lives: pa.Table) -> Stream:
    codes = [entry.code for entry in design.markets]
    rows = np.flatnonzero(rows_in(videos["market"], codes) == market)
    content, time = _video_views(design, market, rows, videos)
    live_rows = np.flatnonzero(rows_in(lives["market"], codes) == market)
    if len(live_rows):
        started, ended = micros_of(lives["started_at"]), micros_of(lives["ended_at"])
        session, viewed = viewings(design, market, live_rows, started, ended)
        content, time = np.append(content, videos.num_rows + session), np.append(time, viewed)
    kept = (time >= design.start) & (time < design.end)
    packed = ((time[kept] - design.start) << CONTENT_BITS) | content[kept]
    packed.sort()
    midnights = (np.arange(design.size.days + 1) * DAY) << CONTENT_BITS
    return Stream(packed, np.searchsorted(packed, midnights))


def _video_views(design: Design, market: int, rows: Ints, videos: pa.Table) -> tuple[Ints, Ints]:
    published = micros_of(videos["published_at"])
    # Only the viral scenario's post spreads at once; the others that go viral keep their slow part.
    is_sudden = (rows == viral_post(design, videos["creator_id"])).astype(np.int64)
    which, time = views(
        videos["expected_views"].to_numpy()[rows],
        videos["branching"].to_numpy()[rows],
        published[rows],
        is_sudden,
        design.randomness.stream(f"organic {market}"),
    )
    content = rows[which]
    is_there = time < micros_of(videos["deleted_at"])[content]
    return content[is_there], time[is_there]
