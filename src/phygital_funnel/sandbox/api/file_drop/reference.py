"""The brand's own reference files: markets, listings, creators with codes and rates, promotions, fees, tags."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.file_drop.tables import Table, iso_micros
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.commissions import fees
from phygital_funnel.sandbox.world.randomness import Randomness

RATES = {"USD": 1.16, "GBP": 0.865, "IDR": 18_900.0, "THB": 37.6, "JPY": 171.0}
"""Units per euro around which the rates move. There is no rate on weekends, and the day's comes at 15:00 UTC."""
RATE_HOUR = 15
ANNOUNCED = timedelta(days=28)
"""How long before its start a promotion is in the brand's calendar."""
_RATE_STEP = 0.003
_DAYS_BEFORE, _DAYS_AFTER = 14, 60


class Reference:
    """The reference tables as known at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rates = _rates(world)
        self.tables = {
            "markets": self._markets,
            "listings": self._listings,
            "creators": self._creators,
            "promo_codes": self._promo_codes,
            "fx_rates": self._fx_rates,
            "commission_rates": self._commission_rates,
            "promotions": self._promotions,
            "fees": self._fees,
            "tags": self._tags,
        }

    def _markets(self, now: datetime) -> Table:
        columns = ("market", "marketplace_id", "country", "currency", "timezone", "amazon_domain")
        attributes = ("code", *columns[1:])
        return columns, [tuple(getattr(market, name) for name in attributes) for market in self._world.markets]

    def _listings(self, now: datetime) -> Table:
        columns = ("market", "asin", "parent_asin", "sku", "product_name", "category")
        rows = [
            (
                market.code,
                product.asin,
                product.parent_asin,
                product.sku_in(market),
                product.name,
                product.category,
            )
            for market in self._world.markets
            for product in PRODUCTS
        ]
        return columns, rows

    def _creators(self, now: datetime) -> Table:
        columns = ("creator_id", "handle", "country")
        return columns, [tuple(row[name] for name in columns) for row in self._world["creators"].to_pylist()]

    def _promo_codes(self, now: datetime) -> Table:
        columns = ("code", "creator_id", "content_id", "channel", "market", "valid_from", "valid_to")
        rows = [
            (
                row["promo_code"], row["creator_id"], "", "tiktok_creators", row["market"],
                iso_micros(row["code_valid_from"]), iso_micros(row["code_valid_to"]),
            )
            for row in self._world["creators"].to_pylist()
            if row["promo_code"]
        ]  # fmt: skip
        return columns, rows

    def _fx_rates(self, now: datetime) -> Table:
        last = (now - timedelta(hours=RATE_HOUR)).date()
        rows = [(day.isoformat(), currency, f"{rate:.4f}") for day, currency, rate in self._rates if day <= last]
        return ("rate_date", "currency", "units_per_eur"), rows

    def _commission_rates(self, now: datetime) -> Table:
        """Affiliate rates that have been decided, also those that take effect later."""
        columns = ("creator_id", "valid_from", "valid_to", "rate")
        decided = [row for row in self._world["commission_rates"].to_pylist() if row["decided_at"] <= now]
        starts = {(row["creator_id"], row["valid_from"]) for row in decided}
        rows = [
            (
                row["creator_id"],
                iso_micros(row["valid_from"]),
                # The end is another rate's beginning, and unknown until that has been decided.
                iso_micros(row["valid_to"]) if (row["creator_id"], row["valid_to"]) in starts else "",
                f"{row['rate']:.2f}",
            )
            for row in decided
        ]
        return columns, rows

    def _promotions(self, now: datetime) -> Table:
        columns = ("promotion_id", "name", "kind", "market", "asin", "starts_at", "ends_at", "discount_rate")
        rows = [
            tuple(iso_micros(row[name]) if name.endswith("_at") else row[name] for name in columns)
            for row in self._world["promotions"].to_pylist()
            if row["starts_at"] <= now + ANNOUNCED
        ]
        return columns, rows

    def _fees(self, now: datetime) -> Table:
        table = fees(self._world.markets)
        return tuple(table.column_names), [tuple(row.values()) for row in table.to_pylist()]

    def _tags(self, now: datetime) -> Table:
        """The Attribution tag in the link of every ad that leads to Amazon."""
        columns = ("ad_id", "market", "campaign_id", "ad_group_id", "asin", "attribution_tag", "created_at")
        markets = {market.code: market for market in self._world.markets}
        rows = [
            (
                ad["ad_id"], ad["market"], ad["campaign_id"], ad["adgroup_id"], ad["asin"],
                attribution_tag(markets[ad["market"]], ad), iso_micros(ad["created_at"]),
            )
            for ad in self._world["ads"].to_pylist()
            if ad["destination"] == "amazon" and ad["created_at"] <= now
        ]  # fmt: skip
        return columns, rows


def attribution_tag(market: Market, ad: dict[str, Any]) -> str:
    """The query string that makes Amazon Attribution recognise an ad's clicks: the static template, filled."""
    return (
        f"maas=maas_adg_api_{market.profile_id}_static_12_99&ref_=aa_maas&tag=maas"
        f"&aa_campaignid={ad['campaign_id']}&aa_adgroupid={ad['adgroup_id']}&aa_creativeid={ad['ad_id']}"
    )


def _rates(world: World) -> list[tuple[date, str, float]]:
    draw = Randomness(world.seed).stream("exchange rates")
    first = world.size.start - timedelta(days=_DAYS_BEFORE)
    days = [first + timedelta(days=n) for n in range(_DAYS_BEFORE + world.size.days + _DAYS_AFTER)]
    weekdays = [day for day in days if day.weekday() < 5]
    walks = {
        currency: level * np.exp(np.cumsum(draw.normal(0, _RATE_STEP, len(weekdays))))
        for currency, level in RATES.items()
    }
    used = {market.currency for market in world.markets}
    return [
        (day, currency, float(walk[n]))
        for n, day in enumerate(weekdays)
        for currency, walk in walks.items()
        if currency in used
    ]
