"""The calls that concern one shop."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_shop import order_wire
from phygital_funnel.sandbox.api.tiktok_shop.affiliate import Affiliates, Creators
from phygital_funnel.sandbox.api.tiktok_shop.aftersales import Cancellations, Returns
from phygital_funnel.sandbox.api.tiktok_shop.orders import OrderBook
from phygital_funnel.sandbox.api.tiktok_shop.products import Products
from phygital_funnel.sandbox.api.tiktok_shop.requests import Parameters
from phygital_funnel.sandbox.api.tiktok_shop.videos import VideoPerformance
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import day_number, local_days, micros

MAX_IDS = 50


class Shop:
    """One shop; what it sold is worked out when it is first asked for.

    Args:
        sandbox: whose clock is read.
        market: whose shop it is.
        creators: of the world.
    """

    def __init__(self, sandbox: Sandbox, market: Market, creators: Callable[[], Creators]) -> None:
        self.market = market
        self._sandbox = sandbox
        self._all_creators = creators

    @property
    def is_open(self) -> bool:
        """Whether the shop exists yet: some scenarios launch a market's shop inside their period."""
        first_day = dict(self._world.scenario.shop_opens).get(self.market.code)
        if first_day is None:
            return True
        today = local_days(np.array([micros(self._sandbox.now)]), self.market.timezone)[0]
        return bool(today >= day_number(first_day))

    @property
    def _world(self) -> World:
        return self._sandbox.world

    @cached_property
    def _book(self) -> OrderBook:
        return OrderBook(self._world, self.market)

    @cached_property
    def _products(self) -> Products:
        return Products(self._world)

    @cached_property
    def _affiliates(self) -> Affiliates:
        return Affiliates(self._book, self._all_creators())

    @cached_property
    def _returns(self) -> Returns:
        return Returns(self._book)

    @cached_property
    def _cancellations(self) -> Cancellations:
        return Cancellations(self._book)

    @cached_property
    def _videos(self) -> VideoPerformance:
        return VideoPerformance(self._world, self._book, self._all_creators())

    def search_orders(self, parameters: Parameters) -> dict[str, Any]:
        """A page of orders."""
        now = self._sandbox.now
        page = self._book.search(parameters, now)
        return page.holding("orders", order_wire.written(self._book, page.rows, now))

    def orders(self, parameters: Parameters) -> dict[str, Any]:
        """The orders with these ids; ids of other shops and of later orders are left out."""
        now, book = self._sandbox.now, self._book
        known = len(book.at(now).known)
        rows = [book.row_of[order_id] for order_id in parameters.ids("ids", MAX_IDS) if order_id in book.row_of]
        # Orders are in order of time, so the known ones come first.
        known_rows = np.array([row for row in rows if row < known], dtype=np.int64)
        return {"orders": order_wire.written(book, known_rows, now)}

    def products(self, parameters: Parameters) -> dict[str, Any]:
        """A page of products."""
        return self._products.search(self.market, parameters)

    def product(self, parameters: Parameters) -> dict[str, Any]:
        """One product."""
        return self._products.detail(self.market, parameters.part("product_id"))

    def affiliate_orders(self, parameters: Parameters) -> dict[str, Any]:
        """A page of orders that name a creator."""
        return self._affiliates.search(parameters, self._sandbox.now)

    def returns(self, parameters: Parameters) -> dict[str, Any]:
        """A page of returns."""
        return self._returns.search(parameters, self._sandbox.now)

    def cancellations(self, parameters: Parameters) -> dict[str, Any]:
        """A page of cancelled orders."""
        return self._cancellations.search(parameters, self._sandbox.now)

    def video_performance(self, parameters: Parameters) -> dict[str, Any]:
        """A page of videos with what they sold."""
        return self._videos.search(parameters, self._sandbox.now)


Handler = Callable[[Shop, Parameters], dict[str, Any]]
CALLS: tuple[tuple[str, str, tuple[str, ...], Handler], ...] = (
    ("POST", "/order/{}/orders/search", ("202309",), Shop.search_orders),
    ("GET", "/order/{}/orders", ("202309", "202507"), Shop.orders),
    ("POST", "/product/{}/products/search", ("202309", "202312", "202502"), Shop.products),
    ("GET", "/product/{}/products/{{product_id}}", ("202309",), Shop.product),
    ("POST", "/affiliate_seller/{}/orders/search", ("202410",), Shop.affiliate_orders),
    ("POST", "/return_refund/{}/returns/search", ("202309", "202602"), Shop.returns),
    ("POST", "/return_refund/{}/cancellations/search", ("202309", "202602"), Shop.cancellations),
    ("GET", "/analytics/{}/shop_videos/performance", ("202405", "202409", "202509", "202605"), Shop.video_performance),
)
"""Method, path, versions and handler of the calls that concern one shop."""
