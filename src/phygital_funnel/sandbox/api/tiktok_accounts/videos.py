"""The posts of an account with their lifetime counters, as known at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import numpy as np

from phygital_funnel.sandbox.api.tiktok_accounts.figures import Figures
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.times import DAY, NEVER, SECOND, micros

IDLE_DAYS = 7
"""A post without a view for so many days loses its reach and watch time."""
UPDATED_DAYS = 365
"""A post's counters stand still from so many days after it was posted."""
FAVOURITES_PER_LIKE = 0.063
"""Nobody in the world bookmarks a post, so bookmarks follow the likes."""
COUNTERS = ("likes", "comments", "shares", "profile_views", "new_followers")
FADING = frozenset(
    {
        "reach", "total_time_watched", "average_time_watched", "full_video_watched_rate", "video_view_retention",
        "impression_sources", "audience_countries",
    }
)  # fmt: skip
"""Fields that idle posts do not have."""
FIELDS = (
    "item_id", "create_time", "caption", "share_url", "thumbnail_url", "embed_url", "media_type", "is_ad",
    "video_duration", "likes", "comments", "shares", "favorites", "reach", "video_views", "total_time_watched",
    "average_time_watched", "full_video_watched_rate", "profile_views", "new_followers", "impression_sources",
    "video_view_retention", "audience_countries",
)  # fmt: skip
_SOURCES = (("For You", 0.91), ("Follow", 0.04), ("Personal Profile", 0.02), ("Search", 0.02), ("Sound", 0.01))


@dataclass(frozen=True)
class Post:
    """One post.

    Args:
        row: of the world's table, and of the figures.
        listed_at: milliseconds that cursors name it by. Posts of one account have different ones, or a cursor could
            not stand between two posts of the same minute.
        about: its columns.
    """

    row: int
    listed_at: int
    about: dict[str, Any]

    def is_shown(self, now: datetime) -> bool:
        """Whether it has been posted and not been deleted."""
        deleted_at = self.about["deleted_at"]
        return bool(self.about["published_at"] <= now and (deleted_at is None or deleted_at > now))


def posts_by_creator(world: World) -> dict[str, list[Post]]:
    """Each creator's posts, newest first."""
    found: dict[str, list[Post]] = {}
    rows = world["videos"].to_pylist()
    order = sorted(range(len(rows)), key=lambda row: (rows[row]["published_at"], rows[row]["video_id"]))
    for row in order:
        posts = found.setdefault(rows[row]["creator_id"], [])
        listed_at = micros(rows[row]["published_at"]) // 1000
        if posts and listed_at <= posts[-1].listed_at:
            listed_at = posts[-1].listed_at + 1
        posts.append(Post(row, listed_at, rows[row]))
    return {creator_id: posts[::-1] for creator_id, posts in found.items()}


def promoted_since(world: World) -> dict[str, int]:
    """When each post that a Spark ad shows was first used by one, in microseconds."""
    since: dict[str, int] = {}
    for ad in world["ads"].to_pylist():
        if ad["is_spark"]:
            since[ad["video_id"]] = min(since.get(ad["video_id"], NEVER), micros(ad["created_at"]))
    return since


class VideoWriter:
    """Writes the video objects.

    Args:
        world: the simulated world.
        figures: its sums.
        promoted: when each post became a Spark ad, in microseconds.
    """

    def __init__(self, world: World, figures: Figures, promoted: dict[str, int]) -> None:
        self._figures = figures
        self._promoted = promoted
        creators = world["creators"]
        self._handles: dict[str, str] = dict(
            zip(creators["creator_id"].to_pylist(), creators["handle"].to_pylist(), strict=True)
        )
        self._countries = [market.country for market in world.markets]

    def is_ad(self, post: Post, now: datetime) -> bool:
        """Whether a Spark ad shows the post."""
        return self._promoted.get(post.about["video_id"], NEVER) <= micros(now)

    def video(self, post: Post, fields: list[str], now: datetime, known_until: int) -> dict[str, Any]:
        """The chosen fields of a post.

        Args:
            post: what to write.
            fields: names out of ``FIELDS``.
            now: aware time.
            known_until: day number; what happened on it or later is not known yet.
        """
        days = self._known_days(post, known_until)
        values = {**self._description(post, now), **self._counters(post, days)}
        if self._is_lively(post, days, known_until):
            values |= self._fading(post, days, set(fields))
        return {name: values[name] for name in fields if name in values}

    def _known_days(self, post: Post, known_until: int) -> int:
        last = micros(post.about["published_at"]) // DAY + UPDATED_DAYS
        return int(np.clip(min(known_until, last) - self._figures.first_day, 0, self._figures.days))

    def _is_lively(self, post: Post, days: int, known_until: int) -> bool:
        """Whether the post is young or was seen in the last days that are known."""
        first = known_until - self._figures.first_day - IDLE_DAYS
        if micros(post.about["published_at"]) // DAY - self._figures.first_day >= first:
            return True
        views = self._figures.totals["views"][post.row]
        return bool(views[days] > views[int(np.clip(first, 0, days))])

    def _description(self, post: Post, now: datetime) -> dict[str, Any]:
        about = post.about
        handle = quote(self._handles[about["creator_id"]], safe="")
        return {
            "item_id": about["video_id"],
            "create_time": str(micros(about["published_at"]) // SECOND),
            "caption": about["caption"],
            "share_url": f"https://www.tiktok.com/@{handle}/video/{about['video_id']}",
            "embed_url": f"https://www.tiktok.com/embed/{about['video_id']}",
            "thumbnail_url": f"https://example.test/thumbnails/{about['video_id']}.jpg",
            "media_type": "VIDEO",
            "is_ad": self.is_ad(post, now),
            "video_duration": about["duration_ms"] / 1000,
        }

    def _counters(self, post: Post, days: int) -> dict[str, Any]:
        totals = self._figures.totals
        counters = {name: int(totals[name][post.row, days]) for name in COUNTERS}
        return {
            **counters,
            "video_views": int(totals["views"][post.row, days]),
            "favorites": int(counters["likes"] * FAVOURITES_PER_LIKE),
        }

    def _fading(self, post: Post, days: int, wanted: set[str]) -> dict[str, Any]:
        totals = {name: int(sums[post.row, days]) for name, sums in self._figures.totals.items()}
        views = max(1, totals["views"])
        seconds = totals["watch_ms"] / 1000
        values: dict[str, Any] = {
            "reach": totals["reach"],
            "total_time_watched": round(seconds, 1),
            "average_time_watched": round(seconds / views, 2),
            "full_video_watched_rate": round(totals["full_views"] / views, 4),
            "impression_sources": [
                {"impression_source": source, "percentage": share if totals["views"] else 0.0}
                for source, share in _SOURCES
            ],
        }
        # The curves are sums over all days, so they are only made for those who ask.
        if "video_view_retention" in wanted:
            values["video_view_retention"] = self._retention(post, days)
        if "audience_countries" in wanted:
            values["audience_countries"] = self._audience(post, days)
        return values

    def _retention(self, post: Post, days: int) -> list[dict[str, Any]]:
        lasting = self._figures.retention(post.row, days)[: post.about["duration_ms"] // 1000 + 1]
        views = max(1, int(lasting[0]))
        return [
            {"second": str(second), "percentage": round(int(count) / views, 4)} for second, count in enumerate(lasting)
        ]

    def _audience(self, post: Post, days: int) -> list[dict[str, Any]]:
        viewers = self._figures.viewers(post.row, days)
        views = max(1, int(viewers.sum()))
        return [
            {"country": country, "percentage": round(int(count) / views, 4)}
            for country, count in zip(self._countries, viewers, strict=True)
            if count
        ]


@dataclass(frozen=True)
class VideoPage:
    """A page of posts.

    Args:
        posts: newest first.
        cursor: milliseconds; the next page holds what was posted before.
        has_more: whether there is a next page, however short this one is.
    """

    posts: list[Post]
    cursor: int
    has_more: bool


def page_of(posts: list[Post], now: datetime, cursor: int | None, max_count: int) -> VideoPage:
    """The posts before a cursor.

    TikTok looks at ``max_count`` posts and leaves out the deleted ones, so that pages are short, or even empty,
    although more follow. A world may have too few deleted posts to show it: later pages look at a post less.

    Args:
        posts: of an account, newest first.
        now: aware time.
        cursor: milliseconds; None for the first page.
        max_count: how many posts to look at.
    """
    made = [post for post in posts if post.about["published_at"] <= now]
    before = [post for post in made if cursor is None or post.listed_at < cursor]
    looked_at = before[: max_count if cursor is None else max(1, max_count - 1)]
    shown = [post for post in looked_at if post.is_shown(now)]
    end = looked_at[-1].listed_at if looked_at else (cursor or 0)
    has_more = any(post.is_shown(now) for post in before[len(looked_at) :])
    return VideoPage(shown, end, has_more)
