"""An account's profile and its daily figures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from phygital_funnel.sandbox.api.tiktok_accounts.figures import Figures
from phygital_funnel.sandbox.api.tiktok_accounts.videos import Post
from phygital_funnel.sandbox.world.catalogue import BRAND
from phygital_funnel.sandbox.world.times import day_of

LOST_PER_NEW_FOLLOWER = 0.14
"""Nobody in the world stops following, so losses follow the gains."""
FOLLOWING = 12
PROFILE_FIELDS = (
    "username", "display_name", "profile_image", "is_business_account", "followers_count", "following_count",
    "total_likes", "videos_count",
)  # fmt: skip
_DAILY = {
    "video_views": "views",
    "unique_video_views": "unique_views",
    "profile_views": "profile_views",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "bio_link_clicks": "clicks",
    "daily_new_followers": "new_followers",
}
"""Counter of the figures behind each field."""
DAILY_FIELDS = (*_DAILY, "daily_lost_followers", "audience_activity")
DEFAULT_FIELDS = (*PROFILE_FIELDS, *DAILY_FIELDS)
AUDIENCE_FIELDS = ("audience_countries", "audience_genders")
"""They come to those who name them."""
FIELDS = (*DEFAULT_FIELDS, *AUDIENCE_FIELDS)
_GENDERS = [{"gender": "Female", "percentage": 0.5}, {"gender": "Male", "percentage": 0.5}]
"""The world does not say."""


class ProfileWriter:
    """Writes the profile objects.

    Args:
        figures: the world's sums.
        countries: of its markets.
    """

    def __init__(self, figures: Figures, countries: Sequence[str]) -> None:
        self._figures = figures
        self._countries = countries

    def profile(
        self, creator: dict[str, Any], posts: list[Post], fields: list[str], now: datetime, known_until: int
    ) -> dict[str, Any]:
        """The chosen fields of an account that do not belong to a day.

        Args:
            creator: its row of the world's table.
            posts: all its posts.
            fields: names out of ``FIELDS``.
            now: aware time.
            known_until: day number; what happened on it or later is not known yet.
        """
        row = self._figures.creator_ids.index(creator["creator_id"])
        known = max(0, known_until - self._figures.first_day)
        gained = self._figures.by_account["new_followers"][row, :known].tolist()
        likes = int(self._figures.by_account["likes"][row, :known].sum())
        is_brand = creator["promo_code"] is None
        values = {
            "username": creator["handle"],
            "display_name": f"{BRAND} {creator['market']}" if is_brand else creator["handle"],
            "profile_image": f"https://example.test/profiles/{creator['creator_id']}.jpg",
            "is_business_account": is_brand,
            "followers_count": int(creator["followers"]) + sum(gain - _lost(gain) for gain in gained),
            "following_count": FOLLOWING,
            "total_likes": likes,
            "videos_count": sum(post.is_shown(now) for post in posts),
        }
        if "audience_countries" in fields:
            values["audience_countries"] = self._audience(posts, known)
        values["audience_genders"] = _GENDERS
        return {name: values[name] for name in fields if name in values}

    def _audience(self, posts: list[Post], days: int) -> list[dict[str, Any]]:
        """Where the views of an account came from, on the first days."""
        viewers = [0] * len(self._countries)
        for post in posts:
            viewers = [sum(pair) for pair in zip(viewers, self._figures.viewers(post.row, days).tolist(), strict=True)]
        return [
            {"country": country, "percentage": round(count / sum(viewers), 4)}
            for country, count in zip(self._countries, viewers, strict=True)
            if count
        ]

    def days(self, creator_id: str, fields: list[str], first: int, end: int) -> list[dict[str, Any]]:
        """One object per day with the chosen fields.

        Args:
            creator_id: whose account.
            fields: names out of ``FIELDS``.
            first: day number.
            end: day number after the last; the days before it must be known.
        """
        wanted = [name for name in fields if name in DAILY_FIELDS]
        if not wanted:
            return []
        row = self._figures.creator_ids.index(creator_id)
        return [self._day(row, day, wanted) for day in range(first, end)]

    def _day(self, row: int, day: int, wanted: list[str]) -> dict[str, Any]:
        position = day - self._figures.first_day
        is_within = 0 <= position < self._figures.days
        daily = self._figures.by_account
        values: dict[str, Any] = {
            name: int(daily[counter][row, position]) if is_within else 0 for name, counter in _DAILY.items()
        }
        values["daily_lost_followers"] = _lost(values["daily_new_followers"])
        if "audience_activity" in wanted:
            hours = self._figures.activity(row, position) if is_within else ()
            values["audience_activity"] = [{"hour": str(hour), "count": int(n)} for hour, n in enumerate(hours)]
        return {"date": day_of(day).isoformat(), **{name: values[name] for name in wanted}}


def _lost(gained: int) -> int:
    return int(gained * LOST_PER_NEW_FOLLOWER)
