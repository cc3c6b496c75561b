"""How many rows the platforms should give of a world, counted from its tables and not from the servers.

Each count is of one stream, account and window, at a time of the sandbox's clock when the window has settled. Where the
number of rows itself would need the platform's own inner rules, a figure that must be conserved is counted instead;
``MEASURES`` says which.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sources.stream import Window

ANNOUNCED = timedelta(days=28)
PUBLISHERS = 3
ROWS = "rows"
MEASURES = {
    "tiktok_ads__ad_report_daily": "rows with impressions",
    "tiktok_ads__ad_report_hourly": "rows with impressions",
    "amazon_attribution__performance": "clicks of campaigns with ten or more",
    "amazon_attribution__products": "attributed rows",
}
SETTLES_AFTER = timedelta(hours=72)
# How long after the end of a day its figures appear.
ACCOUNTS_KNOWN_AFTER = timedelta(hours=24)
SALES_APPEAR_AFTER = timedelta(hours=24)

Row = dict[str, Any]


@dataclass(frozen=True)
class WorldCounts:
    """Counts of one world.

    Args:
        world: the same that the sandbox serves.
        now: what its clock shows.
    """

    world: World
    now: datetime

    def of(self, relation: str, account: str, window: Window | None) -> int | None:
        """What an extraction should hold; None for a stream that cannot be counted from the world's tables."""
        count = self._counts.get(relation)
        return None if count is None else count(account, window)

    @cached_property
    def _counts(self) -> dict[str, Callable[[str, Any], int]]:
        ads = "tiktok_ads__"
        return {
            f"{ads}advertisers": lambda account, _: 1,
            f"{ads}campaigns": lambda account, _: self._ad_objects(account, "campaign_id"),
            f"{ads}ad_groups": lambda account, _: self._ad_objects(account, "adgroup_id"),
            f"{ads}ads": lambda account, _: self._ad_objects(account, "ad_id"),
            f"{ads}ad_report_daily": lambda account, window: self._delivered(account, window, "day"),
            f"{ads}ad_report_hourly": lambda account, window: self._delivered(account, window, "hour"),
            "tiktok_organic__videos": lambda account, _: self._posts(account),
            "tiktok_organic__account_daily": lambda account, window: self._known_days(window, ACCOUNTS_KNOWN_AFTER),
            "tiktok_shop__orders": lambda account, _: self._shop_units(account),
            "tiktok_shop__affiliate_orders": self._affiliate_lines,
            "tiktok_shop__products": lambda account, _: len(PRODUCTS),
            "amazon_attribution__profiles": lambda account, _: 1,
            "amazon_attribution__publishers": lambda account, _: PUBLISHERS,
            "amazon_attribution__performance": self._tagged_clicks,
            "amazon_ads__sponsored_products_daily": self._sponsored,
            "amazon_seller__order_lines": lambda account, _: self._seller_lines(account),
            "amazon_seller__returns": self._returns,
            "amazon_seller__sales_and_traffic": self._sales_and_traffic,
            "amazon_seller__order_metrics_hourly": self._metric_hours,
            "amazon_seller__search_query_performance": self._queries,
            "links__clicks": lambda file, _: self._clicks(date.fromisoformat(file[:10])),
            "links__registrations": lambda file, _: self._registrations(date.fromisoformat(file[:10])),
            "reference__markets": lambda file, _: len(self.world.markets),
            "reference__listings": lambda file, _: len(self.world.markets) * len(PRODUCTS),
            "reference__creators": lambda file, _: self.world["creators"].num_rows,
            "reference__promo_codes": lambda file, _: sum(bool(row["promo_code"]) for row in self._table("creators")),
            "reference__commission_rates": lambda file, _: self._rates(),
            "reference__promotions": lambda file, _: self._promotions(),
            "reference__tags": lambda file, _: self._tags(),
        }

    def _table(self, name: str) -> list[Row]:
        return self._cached(f"table {name}", lambda: self.world[name].to_pylist())

    @cached_property
    def _known(self) -> dict[str, Any]:
        return {}

    def _cached(self, name: str, make: Callable[[], Any]) -> Any:
        """What was worked out before; every window of a stream asks for the same."""
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

    def _market(self, account: str) -> Market:
        names = ("advertiser_id", "shop_id", "profile_id", "marketplace_id")
        return next(m for m in self.world.markets if account in (getattr(m, name) for name in names))

    def _ad_objects(self, account: str, column: str) -> int:
        ours = (ad for ad in self._table("ads") if ad["advertiser_id"] == account and ad["created_at"] <= self.now)
        return len({ad[column] for ad in ours})

    def _delivered(self, account: str, window: Window, unit: str) -> int:
        cells: pa.Table = self._cached(f"{unit}s of {account}", lambda: self._cells(account, unit))
        first = datetime.combine(window.start, datetime.min.time())
        end = datetime.combine(window.end + timedelta(days=1), datetime.min.time())
        return int(cells.filter((pc.field("at") >= first) & (pc.field("at") < end)).num_rows)

    def _cells(self, account: str, unit: str) -> pa.Table:
        """Each ad with each day or hour of the account's zone in which it was shown."""
        market = self._market(account)
        ours = pa.array([ad["ad_id"] for ad in self._table("ads") if ad["advertiser_id"] == account])
        shown = self._paid.filter(pc.is_in(self._paid["ad_id"], ours))
        zoned = shown["occurred_at"].cast(pa.timestamp("us", market.advertiser_timezone))
        at = pc.floor_temporal(pc.local_timestamp(zoned), unit=unit)
        # The hour that a clock repeats is two hours, which the platform writes alike.
        offset = pc.subtract(pc.local_timestamp(zoned), shown["occurred_at"].cast(pa.timestamp("us")))
        hour = offset if unit == "hour" else pa.nulls(len(at))
        table = pa.table({"ad_id": shown["ad_id"], "at": at, "offset": hour})
        return table.group_by(["ad_id", "at", "offset"]).aggregate([])

    @cached_property
    def _paid(self) -> pa.Table:
        exposures = self.world["exposures"].filter(pc.field("is_paid")).select(["ad_id", "occurred_at"])
        return exposures.set_column(0, "ad_id", exposures["ad_id"].cast(pa.string()))

    def _posts(self, open_id: str) -> int:
        creator = next(row["creator_id"] for row in self._table("creators") if row["open_id"] == open_id)
        return sum(
            row["creator_id"] == creator
            and row["published_at"] <= self.now
            and (row["deleted_at"] is None or row["deleted_at"] > self.now)
            for row in self._table("videos")
        )

    @cached_property
    def _orders(self) -> dict[str, Row]:
        return {row["order_id"]: row for row in self._table("orders")}

    def _lines_of(self, market: Market, platform: str) -> list[tuple[Row, Row]]:
        """Orders of a market and platform that have been made, each line with its order."""
        found: list[tuple[Row, Row]] = self._cached(
            f"lines {market.code} {platform}", lambda: self._made_lines(market, platform)
        )
        return found

    def _made_lines(self, market: Market, platform: str) -> list[tuple[Row, Row]]:
        found = []
        for line in self._table("order_lines"):
            order = self._orders[line["order_id"]]
            if (order["market"], order["platform"]) == (market.code, platform) and order["purchased_at"] <= self.now:
                found.append((order, line))
        return found

    def _shop_units(self, account: str) -> int:
        """TikTok Shop has one line item per unit."""
        return sum(line["quantity"] for _, line in self._lines_of(self._market(account), "tiktok_shop"))

    def _affiliate_lines(self, account: str, window: Window) -> int:
        return sum(
            order["creator_id"] is not None and _within(order["purchased_at"], window, UTC)
            for order, _ in self._lines_of(self._market(account), "tiktok_shop")
        )

    def _seller_lines(self, account: str) -> int:
        return len(self._lines_of(self._market(account), "amazon"))

    def _returns(self, account: str, window: Window) -> int:
        market = self._market(account)
        return sum(
            bool(refund["quantity"])
            and self._orders[refund["order_id"]]["market"] == market.code
            and self._orders[refund["order_id"]]["platform"] == "amazon"
            and _within(refund["refunded_at"], window, UTC)
            for refund in self._table("refunds")
        )

    def _sales_and_traffic(self, account: str, window: Window) -> int:
        """One row per day, and one per product and day with a visit or a sale."""
        market = self._market(account)
        zone = ZoneInfo(market.timezone)
        seen = {
            (row["day"], row["asin"])
            for row in self._table("listing_days")
            if row["market"] == market.code and row["sessions"] and window.start <= row["day"] <= window.end
        }
        for order, line in self._lines_of(market, "amazon"):
            day = order["purchased_at"].astimezone(zone).date()
            closed = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone) + SETTLES_AFTER
            is_kept = order["cancelled_at"] is None or order["cancelled_at"] > closed
            is_sale = not order["sales_channel"].startswith("Non-Amazon")
            if is_kept and is_sale and window.start <= day <= window.end:
                seen.add((day, line["asin"]))
        return self._known_days(window, SALES_APPEAR_AFTER, zone) + len(seen)

    def _known_days(self, window: Window, delay: timedelta, zone: Any = UTC) -> int:
        """Days of a window whose figures have appeared."""
        midnights = (datetime.combine(day + timedelta(days=1), datetime.min.time(), zone) for day in window.days())
        return sum(midnight + delay <= self.now for midnight in midnights)

    def _metric_hours(self, account: str, window: Window) -> int:
        """Every hour of the marketplace's days, for the whole and for each listed product."""
        zone = ZoneInfo(self._market(account).timezone)
        start = datetime.combine(window.start, datetime.min.time(), zone).astimezone(UTC)
        end = datetime.combine(window.end + timedelta(days=1), datetime.min.time(), zone).astimezone(UTC)
        hours = int((min(end, self.now) - start) / timedelta(hours=1))
        return hours * (1 + len(PRODUCTS))

    def _queries(self, account: str, window: Window) -> int:
        """Pairs of a search text and a product, per week."""
        market = self._market(account)
        zone = ZoneInfo(market.timezone)
        found = set()
        for row in self._table("searches"):
            day = row["searched_at"].astimezone(zone).date()
            if row["market"] == market.code and window.start <= day <= window.end:
                sunday = day - timedelta(days=(day.weekday() + 1) % 7)
                found.add((sunday, row["query"], row["asin"]))
        return len(found)

    def _sponsored(self, account: str, window: Window) -> int:
        market = self._market(account)
        return sum(
            row["market"] == market.code and row["impressions"] > 0 and window.start <= row["day"] <= window.end
            for row in self._table("sponsored_days")
        )

    def _tagged_clicks(self, account: str, window: Window) -> int:
        """Clicks that reached Amazon under each campaign's tag; the platform masks a campaign with fewer than ten."""
        market = self._market(account)
        zone = ZoneInfo(market.timezone)
        ads = {ad["ad_id"]: ad for ad in self._table("ads")}
        of_campaign: Counter[str] = Counter()
        inside: Counter[str] = Counter()
        for click in self._table("clicks"):
            tag = ads.get(click["tag_ad_id"])
            is_counted = click["has_tag"] and tag is not None and click["destination"] == "amazon"
            if not is_counted:
                continue
            of_campaign[tag["campaign_id"]] += 1  # wherever it was clicked: a wrong tag may be another market's
            is_ours = ads[click["ad_id"] or click["tag_ad_id"]]["market"] == market.code
            inside[tag["campaign_id"]] += is_ours and _within(click["clicked_at"], window, zone)
        return sum(count for campaign, count in inside.items() if of_campaign[campaign] >= 10)

    def _clicks(self, day: date) -> int:
        def count() -> Counter[date]:
            clicks = (row for row in self._table("clicks") if row["destination"] == "amazon")
            return Counter(row["clicked_at"].astimezone(UTC).date() for row in clicks)

        return int(self._cached("clicks by day", count)[day])

    def _registrations(self, day: date) -> int:
        def count() -> Counter[date]:
            return Counter(row["registered_at"].astimezone(UTC).date() for row in self._table("registrations"))

        return int(self._cached("registrations by day", count)[day])

    def _rates(self) -> int:
        return sum(row["decided_at"] <= self.now for row in self._table("commission_rates"))

    def _promotions(self) -> int:
        return sum(row["starts_at"] <= self.now + ANNOUNCED for row in self._table("promotions"))

    def _tags(self) -> int:
        ads = self._table("ads")
        return sum(ad["destination"] == "amazon" and ad["created_at"] <= self.now for ad in ads)


def _within(moment: datetime, window: Window, zone: Any) -> bool:
    return window.start <= moment.astimezone(zone).date() <= window.end
