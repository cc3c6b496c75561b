"""The redirector's clicks and the registrations, one file per ended UTC day."""

from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from phygital_funnel.sandbox.api.file_drop.days import NO_ROWS, rows_by_day
from phygital_funnel.sandbox.api.file_drop.tables import iso_micros, to_csv
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.joins import codes_in
from phygital_funnel.sandbox.world.times import Ints, day_number

CLICK_COLUMNS = (
    "click_id", "clicked_at", "visitor_id", "ttclid", "campaign_id", "ad_group_id", "ad_id", "content_id", "creator_id",
    "placement", "destination_asin", "country",
)  # fmt: skip
REGISTRATION_COLUMNS = ("amazon_order_id", "person_hash", "visitor_id", "registered_at", "registration_source")
STREAMS = ("clicks", "registrations")


class LinkLogs:
    """The brand's own logs of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    @lru_cache(maxsize=512)  # noqa: B019  one instance per process
    def file(self, stream: str, day: date) -> bytes:
        """A day's file as CSV."""
        rows = self._world[stream].take(self._days[stream].get(day_number(day), NO_ROWS)).to_pylist()
        if stream == "clicks":
            return to_csv(CLICK_COLUMNS, (self._click(row) for row in rows)).encode()
        ordered = sorted(rows, key=lambda row: (row["registered_at"], row["order_id"]))
        return to_csv(REGISTRATION_COLUMNS, (_registration(row) for row in ordered)).encode()

    @cached_property
    def _ads(self) -> dict[str, dict[str, Any]]:
        return {ad["ad_id"]: ad for ad in self._world["ads"].to_pylist()}

    @cached_property
    def _days(self) -> dict[str, dict[int, Ints]]:
        clicks = self._world["clicks"]
        # A click into the Shop stays inside TikTok's app and never meets the brand's redirector.
        to_amazon = codes_in(clicks["destination"], ["amazon"]) == 0
        return {
            "clicks": rows_by_day(clicks["clicked_at"], to_amazon),
            "registrations": rows_by_day(self._world["registrations"]["registered_at"]),
        }

    def _click(self, row: dict[str, Any]) -> tuple[Any, ...]:
        # A link in a bio knows its creator, an ad's link the ad; a Spark ad's also knows the post it shows.
        ad = self._ads.get(row["ad_id"], {})
        shows_post = bool(ad.get("is_spark"))
        return (
            row["click_id"],
            iso_micros(row["clicked_at"]),
            row["visitor_id"],
            row["ttclid"],
            ad.get("campaign_id"),
            ad.get("adgroup_id"),
            row["ad_id"],
            row["video_id"] if shows_post else None,
            row["creator_id"] if shows_post or not row["is_paid"] else None,
            row["placement"],
            row["asin"],
            row["country"],
        )


def _registration(row: dict[str, Any]) -> tuple[Any, ...]:
    registered_at = iso_micros(row["registered_at"])
    return row["order_id"], row["person_hash"], row["visitor_id"], registered_at, row["registration_source"]
