"""The brand's own reference files: markets, listings, creators, promo codes, exchange rates."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS
from phygital_funnel.sandbox.world.randomness import Randomness

RATES = {"USD": 1.16, "GBP": 0.865}
"""Units per euro around which the rates move. There is no rate on weekends, and the day's comes at 15:00 UTC."""
RATE_HOUR = 15
_RATE_STEP = 0.003
_DAYS_BEFORE, _DAYS_AFTER = 14, 60

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


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
        }

    def _markets(self, now: datetime) -> Table:
        columns = ("market", "marketplace_id", "country", "currency", "timezone", "amazon_domain")
        attributes = ("code", *columns[1:])
        return columns, [tuple(getattr(market, name) for name in attributes) for market in MARKETS]

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
            for market in MARKETS
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


def _rates(world: World) -> list[tuple[date, str, float]]:
    draw = Randomness(world.seed).stream("exchange rates")
    first = world.size.start - timedelta(days=_DAYS_BEFORE)
    days = [first + timedelta(days=n) for n in range(_DAYS_BEFORE + world.size.days + _DAYS_AFTER)]
    weekdays = [day for day in days if day.weekday() < 5]
    walks = {
        currency: level * np.exp(np.cumsum(draw.normal(0, _RATE_STEP, len(weekdays))))
        for currency, level in RATES.items()
    }
    return [(day, currency, float(walk[n])) for n, day in enumerate(weekdays) for currency, walk in walks.items()]


def iso_micros(moment: datetime) -> str:
    """UTC time with microseconds and a Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
