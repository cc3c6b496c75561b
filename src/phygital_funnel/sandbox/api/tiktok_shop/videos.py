"""Performance of a shop's videos: what affiliate orders name them as their content, by days of the shop's zone."""

from datetime import date, datetime
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.tiktok_shop import timeline
from phygital_funnel.sandbox.api.tiktok_shop.affiliate import Creators
from phygital_funnel.sandbox.api.tiktok_shop.money import priced
from phygital_funnel.sandbox.api.tiktok_shop.orders import OrderBook
from phygital_funnel.sandbox.api.tiktok_shop.paging import page_of
from phygital_funnel.sandbox.api.tiktok_shop.products import catalogue_product, product_id
from phygital_funnel.sandbox.api.tiktok_shop.requests import PARAMETER, Parameters, ShopRefused
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.times import SECOND, Ints, day_number, day_of, local_days, micros

LATENCY_DAYS = 1
"""Today's figures are not there before the day has ended."""
_SORT_FIELDS = {"gmv": "gmv", "items_sold": "items", "sku_orders": "orders", "post_time": "posted"}
_ACCOUNT_TYPES = ("ALL", "AFFILIATE_ACCOUNTS", "OFFICIAL_ACCOUNTS", "MARKETING_ACCOUNTS")


class VideoPerformance:
    """The videos of one shop.

    Args:
        world: the simulated world.
        book: the shop's orders.
        creators: of the world.
    """

    def __init__(self, world: World, book: OrderBook, creators: Creators) -> None:
        self._book = book
        self._creators = creators
        videos = world["videos"].to_pylist()
        self._videos = [video for video in videos if video["market"] == book.market.code]
        row_of = {video["video_id"]: row for row, video in enumerate(self._videos)}
        self._video: Ints = np.array([row_of.get(video_id, -1) for video_id in book.facts["video_id"]], dtype=np.int64)
        paid = book.timeline.reached[timeline.ON_HOLD]
        is_paid = paid < book.timeline.reached[timeline.CANCELLED]
        self._orders: Ints = np.flatnonzero((self._video >= 0) & is_paid)
        self._days = local_days(paid[self._orders], book.market.timezone)
        self._posted: Ints = np.array([micros(video["published_at"]) // SECOND for video in self._videos])
        lines = [book.lines(int(row)) for row in self._orders]
        self._gmv: Ints = np.array([sum(line.revenue for line in of_order) for of_order in lines], dtype=np.int64)
        self._items: Ints = np.array([sum(line.quantity for line in of_order) for of_order in lines], dtype=np.int64)
        self._lines: Ints = np.array([len(of_order) for of_order in lines], dtype=np.int64)

    def search(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        """What /analytics/{version}/shop_videos/performance answers.

        Raises:
            ShopRefused: a date or another parameter cannot be used.
        """
        today = int(local_days(np.array([micros(now)]), self._book.market.timezone)[0])
        latest = today - LATENCY_DAYS
        first, end = _day(parameters, "start_date_ge"), min(_day(parameters, "end_date_lt"), latest + 1)
        is_chosen = (self._days >= first) & (self._days < end)
        video = self._video[self._orders[is_chosen]]
        count = len(self._videos)
        figures = {
            "gmv": np.bincount(video, self._gmv[is_chosen], count).astype(np.int64),
            "items": np.bincount(video, self._items[is_chosen], count).astype(np.int64),
            "orders": np.bincount(video, self._lines[is_chosen], count).astype(np.int64),
            "posted": self._posted,
        }
        parameters.choice("account_type", "ALL", _ACCOUNT_TYPES)
        field = parameters.choice("sort_field", "gmv", tuple(_SORT_FIELDS))
        rows = np.flatnonzero(figures["orders"] > 0)
        page = page_of(parameters, rows, figures[_SORT_FIELDS[field]][rows])
        data = page.envelope("videos", lambda row: self._wire(row, figures))
        return {**data, "latest_available_date": day_of(latest).isoformat()}

    def _wire(self, row: int, figures: dict[str, Ints]) -> dict[str, Any]:
        video, market = self._videos[row], self._book.market
        product = catalogue_product(video["asin"])
        return {
            "id": video["video_id"],
            "title": video["caption"],
            "username": self._creators.handles[video["creator_id"]],
            "video_post_time": f"{video['published_at']:%Y-%m-%d %H:%M:%S}",
            "duration": video["duration_ms"] // 1000,
            "gmv": priced(int(figures["gmv"][row]), market),
            "sku_orders": int(figures["orders"][row]),
            "items_sold": int(figures["items"][row]),
            "products": [{"id": product_id(product.asin, market), "name": product.name}],
        }


def _day(parameters: Parameters, name: str) -> int:
    try:
        day = date.fromisoformat(parameters.text(name))
    except ValueError as error:
        raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must be a date, YYYY-MM-DD.") from error
    return day_number(day)
