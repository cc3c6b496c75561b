"""The tables behind the reports: made when they are first asked for at a time, and kept while they are read."""

from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from threading import RLock

import numpy as np

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.audience import Audience
from phygital_funnel.sandbox.api.tiktok_marketing.build import TableBuild
from phygital_funnel.sandbox.api.tiktok_marketing.calendar import Calendar, calendar_of
from phygital_funnel.sandbox.api.tiktok_marketing.conversions import Conversions, ShopOrders, shop_orders
from phygital_funnel.sandbox.api.tiktok_marketing.delivery import Delivery
from phygital_funnel.sandbox.api.tiktok_marketing.knowledge import AUDIENCE_DELAY, LATENCY, Knowledge
from phygital_funnel.sandbox.api.tiktok_marketing.table import Table
from phygital_funnel.sandbox.api.tiktok_marketing.view import View
from phygital_funnel.sandbox.world.times import micros

_REMEMBERED = 64


class Tables:
    """The tables of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._tables: OrderedDict[tuple[View, Knowledge], Table] = OrderedDict()
        self._calendars: dict[tuple[str, bool], Calendar] = {}
        self._lock = RLock()

    def prepare(self) -> None:
        """Make what does not depend on the clock."""
        self._conversions.at(0, LATENCY)

    @property
    def delivery(self) -> Delivery:
        """Hourly sums of the whole world."""
        # Two requests at once would make it twice, and it takes long in a large world.
        with self._lock:
            return self._delivery

    @cached_property
    def orders(self) -> ShopOrders:
        """The Shop's paid orders."""
        return shop_orders(self._sandbox.world)

    @cached_property
    def audience(self) -> Audience:
        """The groups that people fall into."""
        return Audience(self._sandbox.world)

    @cached_property
    def _delivery(self) -> Delivery:
        return Delivery(self._sandbox.world)

    @cached_property
    def _conversions(self) -> Conversions:
        return Conversions.of(self._sandbox.world, self.delivery, self.orders)

    def knowledge(self) -> Knowledge:
        """What is known now."""
        restates = "restatement" in self._sandbox.dirt or self._sandbox.world.scenario.late_restatement > 0
        return Knowledge(micros(self._sandbox.now), self._sandbox.dirt, restates)

    def table(self, view: View) -> Table:
        """The rows that a view shows now; those without any delivery or conversion are left out."""
        key = (view, self.knowledge())
        with self._lock:
            if key not in self._tables:
                self._tables[key] = self._made(*key)
                while len(self._tables) > _REMEMBERED:
                    self._tables.popitem(last=False)
            return self._tables[key]

    def calendar(self, zone: str) -> Calendar:
        """The world's hours in a zone."""
        key = (zone, "dst_days" in self._sandbox.dirt)
        if key not in self._calendars:
            delivery = self.delivery
            self._calendars[key] = calendar_of(delivery.first_hour, delivery.hours, zone, changes_late=key[1])
        return self._calendars[key]

    def _made(self, view: View, knowledge: Knowledge) -> Table:
        delivery, calendar = self.delivery, self.calendar(view.zone)
        if not view.group:
            claimed = self._conversions.at(knowledge.now, LATENCY)
            return TableBuild(delivery, claimed, calendar, knowledge, view).table()
        late = replace(knowledge, now=knowledge.now - AUDIENCE_DELAY)
        belongs = self.audience.members(view.market, view.group)
        claimed = self._conversions.at(late.now, LATENCY)
        claimed = claimed.only(belongs[claimed.person])
        first, end = np.searchsorted(delivery.hour, calendar.between(view.first, view.last))
        theirs = delivery.exposure[first:end][belongs[delivery.person[first:end]]]
        return TableBuild(Delivery(self._sandbox.world, theirs), claimed, calendar, late, view).table()
