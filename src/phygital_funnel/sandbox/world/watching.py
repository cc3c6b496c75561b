"""Watching: how long an exposure lasted, what the viewer did, whether it was clicked, and how much it moves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world.columns import Flags, Floats, Floats32
from phygital_funnel.sandbox.world.sampling import Ints32
from phygital_funnel.sandbox.world.times import HOUR, Ints

ENGAGEMENTS = ("none", "like", "comment", "share", "follow", "profile_visit")
_ENGAGEMENT_RATES = (0.045, 0.002, 0.004, 0.001, 0.006)
"""Chance of each engagement, none left out, for an exposure watched two seconds or longer."""

VIEW_2S_RATE, VIEW_6S_SHARE = 0.31, 0.45
LIVE_2S_RATE, LIVE_6S_SHARE = 0.75, 0.8
LIVE_MEAN_MS, VIDEO_MEAN_MS = 90_000, 8_000
CLICK_RATES = np.array([(0.0026, 0.0128, 0.038), (0.0009, 0.0045, 0.0135), (0.001, 0.006, 0.03)])
"""Chance of a destination click of an ad, a post and a LIVE session: less than 2 s watched, 2 s, 6 s."""
EFFECTS = np.array([0.05, 0.4, 1.0, 15.0])
"""How much an exposure moves: less than 2 s watched, 2 s, 6 s, clicked."""
_NEVER_STARTED = 60.0
_SHORTEST = np.array([-_NEVER_STARTED, 2000, 0], dtype=np.float32)
_SPAN = np.array([1999 + _NEVER_STARTED, 3999, 0], dtype=np.float32)
"""Milliseconds watched, by depth: from here, so far. Three in a hundred never start: below nought is nought."""
_AD, _FEED, _LIVE = range(3)


@dataclass(frozen=True)
class Facts:
    """What watching depends on, by content (posts, then LIVE sessions); see ``facts``."""

    is_live: Flags
    duration_ms: Ints32
    quality: Floats

    @cached_property
    def rate_2s(self) -> Floats32:
        """Chance that the content is watched for two seconds."""
        rate = np.where(self.is_live, LIVE_2S_RATE, np.clip(VIEW_2S_RATE * self.quality**0.3, 0.25, 0.45))
        return np.round(rate, 6).astype(np.float32)

    @cached_property
    def rate_6s(self) -> Floats32:
        """Chance that the content is watched for six seconds."""
        rate: Floats32 = (self.rate_2s * np.where(self.is_live, LIVE_6S_SHARE, VIEW_6S_SHARE)).astype(np.float32)
        return rate

    @cached_property
    def click_rates(self) -> tuple[Floats32, Floats32]:
        """Chance of a click when unpaid and when paid, by content and depth (flat: three depths per content)."""
        pull = np.round(self.quality**0.5, 6)[:, None]
        unpaid = np.where(self.is_live[:, None], CLICK_RATES[_LIVE], CLICK_RATES[_FEED])
        return (unpaid * pull).astype(np.float32).ravel(), (CLICK_RATES[_AD] * pull).astype(np.float32).ravel()

    @cached_property
    def effects(self) -> Floats32:
        """How much an exposure moves the average person, by content and level (flat: four levels per content)."""
        effects: Floats32 = (self.quality[:, None] * EFFECTS).astype(np.float32).ravel()
        return effects


@dataclass(frozen=True)
class Watched:
    """What became of a batch of exposures."""

    watch_ms: Ints32
    watched_2s: Flags
    watched_6s: Flags
    engagement: npt.NDArray[np.int8]
    is_clicked: Flags
    effect: Floats32


def facts(videos: pa.Table, lives: pa.Table) -> Facts:
    """Facts of a world's posts and LIVE sessions."""
    # A session outlasts every viewer's patience.
    live_ms = np.full(lives.num_rows, HOUR // 1000)
    return Facts(
        is_live=np.arange(videos.num_rows + lives.num_rows) >= videos.num_rows,
        duration_ms=np.append(videos["duration_ms"].to_numpy(), live_ms).astype(np.int32),
        quality=np.append(videos["quality"].to_numpy(), lives["quality"].to_numpy()),
    )


def watch(
    known: Facts, affinity_effect: Floats32, content: Ints32, draw: np.random.Generator, *, is_paid: bool
) -> Watched:
    """Draw what became of exposures that are all paid or all unpaid; ``affinity_effect`` and ``content`` are theirs."""
    count = len(content)
    # Converted once: numpy would do it again for each of the look-ups, which make up half of the generator's time.
    at = content.astype(np.int64)
    roll = draw.random(count, dtype=np.float32)
    watched_2s = roll < known.rate_2s.take(at)
    watched_6s = roll < known.rate_6s.take(at)
    depth = np.add(watched_2s, watched_6s, dtype=np.int64)
    is_clicked = draw.random(count, dtype=np.float32) < known.click_rates[is_paid].take(at * 3 + depth)
    watch_ms = _watch_ms(known, depth, at, draw)
    depth[is_clicked] = 3
    return Watched(
        watch_ms=watch_ms,
        watched_2s=watched_2s,
        watched_6s=watched_6s,
        engagement=_engagement(watched_2s, draw),
        is_clicked=is_clicked,
        effect=known.effects.take(at * 4 + depth) * affinity_effect,
    )


def _watch_ms(known: Facts, depth: Ints, content: Ints, draw: np.random.Generator) -> Ints32:
    """Milliseconds: below two seconds (sometimes none), up to six, or six and an exponential more, within the post."""
    roll = draw.random(len(depth), dtype=np.float32)
    watch_ms = np.maximum(_SHORTEST.take(depth) + roll * _SPAN.take(depth), 0).astype(np.int32)
    long = np.flatnonzero(depth == 2)
    mean = np.where(known.is_live[content[long]], LIVE_MEAN_MS, VIDEO_MEAN_MS)
    watch_ms[long] = 6000 + (draw.standard_exponential(len(long)) * mean).astype(np.int32)
    return np.minimum(watch_ms, known.duration_ms.take(content))


def _engagement(watched_2s: Flags, draw: np.random.Generator) -> npt.NDArray[np.int8]:
    engagement = np.zeros(len(watched_2s), dtype=np.int8)
    rows = np.flatnonzero(watched_2s)
    edges = np.cumsum((0.0, *_ENGAGEMENT_RATES))
    roll = draw.random(len(rows), dtype=np.float32)
    active = np.flatnonzero(roll < edges[-1])
    engagement[rows[active]] = np.searchsorted(edges, roll[active], side="right")
    return engagement
