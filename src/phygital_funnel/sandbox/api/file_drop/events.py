"""Complete user paths as event-level files, in scenarios that have them: touchpoints and conversions by UTC day.

The contract is the open one of source ``events``. A conversion is an Amazon sale; it is written again on every day on
which its net amount changed, by a cancellation or a refund.
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.file_drop.days import NO_ROWS, rows_by_day
from phygital_funnel.sandbox.api.file_drop.tables import iso_micros, to_jsonl
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.columns import micros_of, timestamps
from phygital_funnel.sandbox.world.joins import is_amazon_sale
from phygital_funnel.sandbox.world.registrations import person_hash
from phygital_funnel.sandbox.world.times import DAY, NEVER, Ints, day_number, micros

STREAMS = ("touchpoints", "conversions")
PAID, CREATORS, OWN, LIVE = "tiktok_ads", "tiktok_creators", "tiktok_organic", "tiktok_live"


class EventLogs:
    """Every touch and every Amazon sale of a world, with the person behind them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._currencies = {market.code: market.currency for market in world.markets}

    @lru_cache(maxsize=128)  # noqa: B019  one instance per process
    def file(self, stream: str, day: date) -> bytes:
        """A day's file as JSON Lines."""
        number = day_number(day)
        return to_jsonl(self._touches(number) if stream == "touchpoints" else self._conversions(number))

    def _touches(self, day: int) -> Iterator[dict[str, Any]]:
        days = self._touch_days
        for row, exposure in self._exposures(days["seen"].get(day, NO_ROWS)):
            kind = "view_6s" if exposure["watched_6s"] else "view_2s" if exposure["watched_2s"] else "impression"
            yield self._touch(f"v{row}", kind, exposure["occurred_at"], exposure)
        engaged_at = self._engaged_at
        for row, exposure in self._exposures(days["engaged"].get(day, NO_ROWS)):
            yield self._touch(f"e{row}", "engagement", engaged_at[row].as_py(), exposure)
        clicks = self._world["clicks"].take(days["clicked"].get(day, NO_ROWS)).to_pylist()
        rows = np.array([click["exposure_id"] for click in clicks], dtype=np.int64)
        for click, (_, exposure) in zip(clicks, self._exposures(rows), strict=True):
            yield self._touch(click["click_id"], "click", click["clicked_at"], exposure)

    def _exposures(self, rows: Ints) -> Iterator[tuple[int, dict[str, Any]]]:
        if len(rows):
            yield from zip(rows.tolist(), self._world["exposures"].take(rows).to_pylist(), strict=True)

    def _touch(self, touch_id: str, kind: str, moment: Any, exposure: dict[str, Any]) -> dict[str, Any]:
        ad = self._ads.get(exposure["ad_id"], {})
        shown = self._posts.get(exposure["video_id"] or exposure["live_id"], {})
        return {
            "touchpoint_id": touch_id,
            "journey_key": person_hash(exposure["person_id"]),
            "occurred_at": iso_micros(moment),
            "touch_type": kind,
            "channel": self._channel(exposure, shown),
            "campaign_id": ad.get("campaign_id"),
            "ad_group_id": ad.get("adgroup_id"),
            "ad_id": exposure["ad_id"],
            "content_id": exposure["video_id"] or exposure["live_id"],
            "creator_id": shown.get("creator_id"),
            "market": ad.get("market") or shown.get("market"),
        }

    def _channel(self, exposure: dict[str, Any], shown: dict[str, Any]) -> str:
        if exposure["surface"] == "ad":
            return PAID
        if exposure["surface"] == "live":
            return LIVE
        return OWN if shown.get("creator_id") in self._brand_accounts else CREATORS

    def _conversions(self, day: int) -> Iterator[dict[str, Any]]:
        rows = self._conversion_days.get(day, NO_ROWS)
        for order in self._world["orders"].take(rows).to_pylist():
            yield {
                "conversion_id": order["order_id"],
                "journey_key": person_hash(order["person_id"]),
                "converted_at": iso_micros(order["purchased_at"]),
                "net_amount_minor": self._net(order, (day + 1) * DAY),
                "currency": self._currencies[order["market"]],
                "product_id": self._products[order["order_id"]],
                "market": order["market"],
            }

    def _net(self, order: dict[str, Any], known: int) -> int:
        """Items less discounts, refunds and cancellation, as known at a time in microseconds."""
        cancelled_at = order["cancelled_at"]
        if cancelled_at is not None and micros(cancelled_at) < known:
            return 0
        refunded = sum(amount for moment, amount in self._refunds.get(order["order_id"], ()) if moment < known)
        return self._gross[order["order_id"]] - refunded

    @cached_property
    def _touch_days(self) -> dict[str, dict[int, Ints]]:
        return {
            "seen": rows_by_day(self._world["exposures"]["occurred_at"]),
            "engaged": rows_by_day(self._engaged_at),
            "clicked": rows_by_day(self._world["clicks"]["clicked_at"]),
        }

    @cached_property
    def _engaged_at(self) -> Any:
        """When each exposure ended in a like or the like; null where it did not."""
        exposures = self._world["exposures"]
        engagement = exposures["engagement"].combine_chunks()
        is_none = engagement.dictionary.to_pylist().index("none") if "none" in engagement.dictionary.to_pylist() else -1
        codes = engagement.indices.to_numpy()
        ended = micros_of(exposures["occurred_at"]) + exposures["watch_ms"].to_numpy().astype(np.int64) * 1000
        return timestamps(np.where(codes == is_none, NEVER, ended))

    @cached_property
    def _conversion_days(self) -> dict[int, Ints]:
        orders = self._world["orders"]
        rows = np.flatnonzero(is_amazon_sale(orders))
        position = {order_id: row for row, order_id in enumerate(orders["order_id"].to_pylist())}
        refunded = [position[order_id] for order_id in self._world["refunds"]["order_id"].to_pylist()]
        refunds = np.array(refunded, dtype=np.int64)
        is_sale = np.isin(refunds, rows)
        moments = np.concatenate(
            [
                micros_of(orders["purchased_at"])[rows],
                micros_of(orders["cancelled_at"])[rows],
                micros_of(self._world["refunds"]["refunded_at"])[is_sale],
            ]
        )
        changed = np.concatenate([rows, rows, refunds[is_sale]])
        known = moments != NEVER
        pairs = np.unique(np.stack([moments[known] // DAY, changed[known]], axis=1), axis=0)
        numbers, starts = np.unique(pairs[:, 0], return_index=True)
        return dict(zip(numbers.tolist(), np.split(pairs[:, 1], starts[1:]), strict=True)) if len(pairs) else {}

    @cached_property
    def _ads(self) -> dict[str, dict[str, Any]]:
        return {ad["ad_id"]: ad for ad in self._world["ads"].to_pylist()}

    @cached_property
    def _posts(self) -> dict[str, dict[str, Any]]:
        """Posts and LIVE sessions: who made them, and where."""
        names = (("videos", "video_id"), ("live_sessions", "live_id"))
        return {
            row[key]: row
            for table, key in names
            for row in self._world[table].select([key, "creator_id", "market"]).to_pylist()
        }

    @cached_property
    def _brand_accounts(self) -> set[str]:
        return {row["creator_id"] for row in self._world["creators"].to_pylist() if not row["promo_code"]}

    @cached_property
    def _gross(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for line in self._lines:
            amount = line["item_price_minor"] - line["discount_minor"]
            sums[line["order_id"]] = sums.get(line["order_id"], 0) + amount
        return sums

    @cached_property
    def _products(self) -> dict[str, str]:
        """The product of each order's first line."""
        return {line["order_id"]: line["asin"] for line in reversed(self._lines)}

    @cached_property
    def _lines(self) -> list[dict[str, Any]]:
        columns = ["order_id", "asin", "item_price_minor", "discount_minor"]
        lines: list[dict[str, Any]] = self._world["order_lines"].select(columns).to_pylist()
        return lines

    @cached_property
    def _refunds(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        refunds = self._world["refunds"]
        moments = micros_of(refunds["refunded_at"]).tolist()
        rows = zip(refunds["order_id"].to_pylist(), moments, refunds["amount_minor"].to_pylist(), strict=True)
        for order_id, moment, amount in rows:
            found.setdefault(order_id, []).append((moment, amount))
        return found
