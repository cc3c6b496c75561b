"""What the platforms should show of a world once all is settled, computed from its tables and not from the servers."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world import World

ATTRIBUTION_WINDOW = timedelta(days=14)
LAST_RESTATEMENT = timedelta(days=28)


@dataclass
class AdDay:
    """One ad on one day of its account."""

    impressions: int = 0
    clicks: int = 0
    spend_micro: int = 0
    people: set[int] = field(default_factory=set)


def local_days(times: pa.ChunkedArray, zone: str) -> list[date]:
    """Calendar days of UTC times in a zone."""
    days: list[date] = pc.local_timestamp(times.cast(pa.timestamp("us", zone))).cast(pa.date32()).to_pylist()
    return days


def ad_days(world: World, advertiser_id: str) -> dict[tuple[str, date], AdDay]:
    """TikTok's rule: paid exposures by ad and day of the account's zone; a click counts where its exposure does."""
    zone = next(m.advertiser_timezone for m in world.markets if m.advertiser_id == advertiser_id)
    ours = {ad["ad_id"] for ad in world["ads"].to_pylist() if ad["advertiser_id"] == advertiser_id}
    exposures = world["exposures"].filter(pc.field("is_paid"))
    clicked = set(world["clicks"]["exposure_id"].to_pylist())
    rows = zip(
        exposures["exposure_id"].to_pylist(),
        exposures["ad_id"].to_pylist(),
        local_days(exposures["occurred_at"], zone),
        exposures["cost_micro"].to_pylist(),
        exposures["person_id"].to_pylist(),
        strict=True,
    )
    found: dict[tuple[str, date], AdDay] = defaultdict(AdDay)
    for exposure_id, ad_id, day, cost, person in rows:
        if ad_id in ours:
            cell = found[ad_id, day]
            cell.impressions += 1
            cell.clicks += exposure_id in clicked
            cell.spend_micro += cost
            cell.people.add(person)
    return found


@dataclass
class Sale:
    """An Amazon order with its lines, as it stands in the end."""

    order_id: str
    market: str
    person_id: int
    purchased_at: datetime
    cancelled_at: datetime | None
    is_amazon_sale: bool
    lines: list[dict[str, Any]]

    @property
    def item_price_minor(self) -> int:
        """The price of all lines, before promotions."""
        return sum(int(line["item_price_minor"]) for line in self.lines)

    @property
    def quantity(self) -> int:
        """Units ordered."""
        return sum(int(line["quantity"]) for line in self.lines)


def amazon_orders(world: World, market: str) -> list[Sale]:
    """What is in Amazon's order lists of a market: its sales, and shipments that it only fulfilled."""
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in world["order_lines"].to_pylist():
        lines[line["order_id"]].append(line)
    return [
        Sale(
            order["order_id"],
            order["market"],
            order["person_id"],
            order["purchased_at"],
            order["cancelled_at"],
            not order["sales_channel"].startswith("Non-Amazon"),
            lines[order["order_id"]],
        )
        for order in world["orders"].to_pylist()
        if order["market"] == market and order.get("platform", "amazon") == "amazon"
    ]


def shop_orders(world: World, market: str) -> list[dict[str, Any]]:
    """TikTok Shop's orders of a market."""
    orders: list[dict[str, Any]] = world["orders"].to_pylist()
    return [order for order in orders if order["market"] == market and order.get("platform") == "tiktok_shop"]


def local_day(moment: datetime, zone: str) -> date:
    """Calendar day of a time in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_end(day: date, zone: str) -> datetime:
    """When a calendar day of a zone ends."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def tagged_clicks(world: World, market: str) -> list[dict[str, Any]]:
    """Clicks that reached Amazon with an attribution tag, in order, under the ids that their tags carry."""
    ads = {ad["ad_id"]: ad for ad in world["ads"].to_pylist()}
    found = []
    for click in world["clicks"].sort_by("clicked_at").to_pylist():
        tag = click.get("tag_ad_id", click["ad_id"])
        is_measured = click["has_tag"] and tag in ads and click.get("destination", "amazon") == "amazon"
        if is_measured and ads[click["ad_id"] or tag]["market"] == market:
            found.append(click | {"tag": ads[tag]})
    return found


def clicks_by_campaign(world: World, market: str) -> "Counter[str]":
    """Click-throughs of Amazon Attribution per campaign, before its mask."""
    return Counter(str(click["tag"]["campaign_id"]) for click in tagged_clicks(world, market))


def attributed_purchases(world: World, market: str) -> "Counter[str]":
    """Purchases that Amazon Attribution claims per campaign in the end, before its mask.

    A purchase is a product of an order; it belongs to the buyer's last tagged click within the 14 days before it, and
    vanishes when it was cancelled or refunded as a whole before the last restatement.
    """
    clicks: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for click in tagged_clicks(world, market):
        clicks[click["person_id"]].append(click)
    refunds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for refund in world["refunds"].to_pylist():
        refunds[refund["order_id"]].append(refund)
    found: Counter[str] = Counter()
    for sale in amazon_orders(world, market):
        earlier = [
            click
            for click in clicks[sale.person_id]
            if timedelta() <= sale.purchased_at - click["clicked_at"] < ATTRIBUTION_WINDOW
        ]
        closed_at = sale.purchased_at + LAST_RESTATEMENT
        is_gone = sale.cancelled_at is not None and sale.cancelled_at <= closed_at
        if earlier and sale.is_amazon_sale and not is_gone:
            found[earlier[-1]["tag"]["campaign_id"]] += len(_kept_products(sale, refunds[sale.order_id], closed_at))
    return found


def _kept_products(sale: Sale, refunds: list[dict[str, Any]], closed_at: datetime) -> set[object]:
    """Products of an order that were not given back as a whole by then."""
    refunded: Counter[int] = Counter()
    for refund in refunds:
        if refund["refunded_at"] <= closed_at:
            refunded[refund["line_number"]] += refund["amount_minor"]
    kept: Counter[object] = Counter()
    for line in sale.lines:
        paid = line["item_price_minor"] - line["discount_minor"]
        kept[line["asin"]] += paid - refunded[line["line_number"]]
    return {asin for asin, minor in kept.items() if minor > 0}
