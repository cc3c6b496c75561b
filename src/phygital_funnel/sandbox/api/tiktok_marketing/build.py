"""How a table of a report is made from hourly sums."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.tiktok_marketing.calendar import Calendar, iso_day
from phygital_funnel.sandbox.api.tiktok_marketing.conversions import Conversions
from phygital_funnel.sandbox.api.tiktok_marketing.delivery import COUNTS, Delivery
from phygital_funnel.sandbox.api.tiktok_marketing.knowledge import Flags, Knowledge
from phygital_funnel.sandbox.api.tiktok_marketing.metrics import Floats
from phygital_funnel.sandbox.api.tiktok_marketing.table import Table
from phygital_funnel.sandbox.api.tiktok_marketing.view import DAY_GRAIN, HOUR_GRAIN, ID_OF_LEVEL, View
from phygital_funnel.sandbox.world.ads import SHOP
from phygital_funnel.sandbox.world.catalogue import BRAND
from phygital_funnel.sandbox.world.times import Ints

BOT_FACTOR = 20
_CLAIMED = ("conversion", "cta_conversion", "vta_conversion", "value_minor", "real_time_conversion")
_NOTHING = dict.fromkeys((*COUNTS, *_CLAIMED, "result", "real_time_result"), np.zeros((0, 0)))


@dataclass(frozen=True)
class Hours:
    """The hours that a view covers, and how they fall into its rows.

    Args:
        start, end: positions in the world's hours.
        days: local day of each.
        buckets: where each row's hours begin, counted from the first.
    """

    start: int
    end: int
    days: Ints
    buckets: Ints

    @classmethod
    def of(cls, view: View, calendar: Calendar) -> "Hours":
        """The hours of a view."""
        start, end = calendar.between(view.first, view.last)
        days = calendar.days[start:end]
        if view.grain == HOUR_GRAIN:
            return cls(start, end, days, np.arange(len(days)))
        if view.grain == DAY_GRAIN:
            return cls(start, end, days, np.unique(days, return_index=True)[1].astype(np.int64))
        return cls(start, end, days, np.zeros(min(1, len(days)), dtype=np.int64))

    def any(self, by_hour: Flags) -> Flags:
        """For each row's time, whether something holds in any of its hours."""
        return np.logical_or.reduceat(by_hour, self.buckets) if len(by_hour) else by_hour


@dataclass(frozen=True)
class TableBuild:
    """The making of one table.

    Args:
        delivery: hourly sums.
        claimed: the conversions that are reported.
        calendar: the world's hours in the view's zone.
        knowledge: what is known.
        view: what the table covers.
    """

    delivery: Delivery
    claimed: Conversions
    calendar: Calendar
    knowledge: Knowledge
    view: View

    def table(self) -> Table:
        """The table."""
        has_cells = len(self._hours.days) and len(self._sources)
        sums = self._by_entity(self._hourly()) if has_cells else _NOTHING
        entity, bucket = np.nonzero(sums["impressions"] + sums["conversion"] + sums["real_time_conversion"])
        counts = {name: values[entity, bucket].astype(float) for name, values in sums.items()}
        # Only a creator's post has a profile that people visit from the ad.
        counts["profile_visits"][~self._has_post()[entity]] = 0
        return Table(
            counts,
            lambda: self._reach()[entity, bucket] if has_cells else np.zeros(0),
            self._hours.any(self._counts_people)[bucket] if has_cells else np.zeros(0, dtype=bool),
            self.view.market.exponent,
            lambda name: self._labels(name, entity, bucket),
        )

    @cached_property
    def _hours(self) -> Hours:
        return Hours.of(self.view, self.calendar)

    @cached_property
    def _sources(self) -> Ints:
        return np.array(self.view.sources, dtype=np.int64)

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return [self.delivery.sources.rows[source] for source in self.view.sources]

    @cached_property
    def _entities(self) -> list[dict[str, Any]]:
        """For each entity, by id, an ad that stands for it."""
        if not self.view.is_by_entity:
            return self._rows[:1]
        column = ID_OF_LEVEL[self.view.level]
        first = {row[column]: row for row in reversed(self._rows)}
        return [first[entity_id] for entity_id in sorted(first)]

    @cached_property
    def _entity(self) -> Ints:
        """For each source the number of its entity."""
        if not self.view.is_by_entity:
            return np.zeros(len(self._rows), dtype=np.int64)
        column = ID_OF_LEVEL[self.view.level]
        number = {row[column]: n for n, row in enumerate(self._entities)}
        return np.array([number[row[column]] for row in self._rows], dtype=np.int64)

    @cached_property
    def _counts_people(self) -> Flags:
        return self.knowledge.counts_people(self.calendar)[self._hours.start : self._hours.end]

    def _hourly(self) -> dict[str, Floats]:
        """Each count by source and hour, as it is known."""
        hours = slice(self._hours.start, self._hours.end)
        seen = self.knowledge.arrived(self.calendar, self.delivery.first_hour)[:, hours]
        counts: dict[str, Any] = {
            name: np.einsum("ash,ah->sh", sums[:, self._sources, hours], seen.astype(np.int64))
            for name, sums in self.delivery.sums.items()
        }
        names = [self.delivery.sources.name(source) for source in self.view.sources]
        counts["spend_micro"] = counts["spend_micro"] * self.knowledge.spend_shares(names, self._hours.days)
        if "bot_views" in self.knowledge.dirt:
            self._add_bots(counts)
        counts |= self._converted(np.logical_or.reduce(seen))
        leads_to_shop = np.array([row["destination"] == SHOP for row in self._rows])[:, None]
        for result, conversion in (("result", "conversion"), ("real_time_result", "real_time_conversion")):
            counts[result] = np.where(leads_to_shop, counts[conversion], counts["clicks"])
        return counts

    def _add_bots(self, counts: dict[str, Any]) -> None:
        """Every tenth day one ad in eight is played by bots, who neither stay nor click nor cost anything."""
        is_hit = (self._sources[:, None] + self._hours.days[None, :]) % 8 == 0
        is_hit &= (self._hours.days % 10 == 4)[None, :]
        bots = np.where(is_hit, counts["impressions"] * (BOT_FACTOR - 1), 0)
        for name in ("impressions", "video_play_actions"):
            counts[name] = counts[name] + bots

    def _converted(self, known: Flags) -> dict[str, Floats]:
        """Conversions by source and hour."""
        claimed, shape = self.claimed, (len(self._sources), len(self._hours.days))
        position = np.full(len(self.delivery.sources.rows), -1)
        position[self._sources] = np.arange(len(self._sources))
        source = position[claimed.source]

        def summed(hour: Ints, weights: Any) -> Floats:
            rows = np.flatnonzero((source >= 0) & (self._hours.start <= hour) & (hour < self._hours.end))
            offset = hour[rows] - self._hours.start
            sums = np.zeros(shape)
            np.add.at(sums, (source[rows], offset), weights[rows] * known[offset])
            return sums

        once = np.ones(len(source))
        on_interaction = (once, claimed.is_click, ~claimed.is_click, claimed.value_minor)
        sums = [*(summed(claimed.hour, weights) for weights in on_interaction), summed(claimed.paid_hour, once)]
        return dict(zip(_CLAIMED, sums, strict=True))

    def _by_entity(self, hourly: dict[str, Floats]) -> dict[str, Floats]:
        """Sums by entity and row's time."""
        order = np.argsort(self._entity, kind="stable")
        starts = np.unique(self._entity[order], return_index=True)[1]
        return {
            name: np.add.reduceat(np.add.reduceat(values, self._hours.buckets, axis=1)[order], starts, axis=0)
            for name, values in hourly.items()
        }

    def _has_post(self) -> Flags:
        has_post = np.zeros(len(self._entities), dtype=bool)
        for entity, row in zip(self._entity.tolist(), self._rows, strict=True):
            has_post[entity] |= bool(row["is_spark"])
        return has_post

    def _reach(self) -> Floats:
        """People reached by entity and row's time; NaN before they have been counted."""
        delivery, settled = self.delivery, self._counts_people
        shape = (len(self._entities), len(self._hours.buckets))
        first, end = np.searchsorted(delivery.hour, (self._hours.start, self._hours.end))
        entity = np.full(len(delivery.sources.rows), -1)
        entity[self._sources] = self._entity
        rows = np.flatnonzero(entity[delivery.source[first:end]] >= 0) + first
        hour = delivery.hour[rows] - self._hours.start
        rows, hour = rows[settled[hour]], hour[settled[hour]]
        bucket = np.searchsorted(self._hours.buckets, hour, side="right") - 1
        cell = entity[delivery.source[rows]] * shape[1] + bucket
        # Cell and person as one number: unique pairs would take ten times as long, as would numpy's hashing.
        everyone = int(delivery.person.max(initial=0)) + 1
        pairs = np.sort(cell * everyone + delivery.person[rows])
        is_new = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
        reach: Floats = (
            np.bincount(pairs[is_new] // everyone, minlength=shape[0] * shape[1]).astype(float).reshape(shape)
        )
        reach[:, ~self._hours.any(settled)] = np.nan
        return reach

    def _labels(self, name: str, entity: Ints, bucket: Ints) -> list[str]:
        if name in (DAY_GRAIN, HOUR_GRAIN):
            times = [self._time_label(int(start)) for start in self._hours.buckets]
            return [times[n] for n in bucket.tolist()]
        values = [self._attribute(name, row) for row in self._entities]
        return [values[n] for n in entity.tolist()]

    def _time_label(self, start: int) -> str:
        if self.view.grain == HOUR_GRAIN:
            return self.calendar.label(self._hours.start + start)
        return iso_day(int(self._hours.days[start]))

    def _attribute(self, name: str, row: dict[str, Any]) -> str:
        market, leads_to_shop = self.view.market, row["destination"] == SHOP
        fixed = {
            "currency": market.currency,
            "timezone": self.view.zone,
            "country_code": market.country,
            "advertiser_name": f"{BRAND} {market.code}",
            "call_to_action": "SHOP_NOW",
            "placement_type": "Select Placement",
            "promotion_type": "TikTok Shop" if leads_to_shop else "Website",
            "objective_type": "PRODUCT_SALES" if leads_to_shop else "TRAFFIC",
            "tt_app_id": "0",
            "mobile_app_id": "0",
            "billing_event": "CPC",
            "is_smart_creative": "false",
            **dict(self.view.group),
            "campaign_budget": f"{row['daily_budget_minor'] / 10**market.exponent:.{market.exponent}f}",
        }
        return str(fixed.get(name) or row.get(name) or "-")
