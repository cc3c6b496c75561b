"""Sponsored Products on Amazon: the brand's own search ads, which harvest people who were on their way."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.columns import micros_of, texts
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.joins import Tables, codes_in, is_amazon_sale, rows_of
from phygital_funnel.sandbox.world.prices import LocalDays, days_of
from phygital_funnel.sandbox.world.times import Ints

CLICKED_SHARE = 0.12
"""Share of Amazon order lines whose buyer clicked a sponsored listing before."""
AGES = 29
"""Days from the click to the purchase that are told apart: 0 to 28."""
CLICK_CONVERSION, CLICK_RATE, DAILY_CLICKS = 0.1, 0.004, 0.6
"""Purchases per click, clicks per impression, and clicks a day of an ad that sells nothing."""

_SAME_DAY, _MEAN_LATER_DAYS = 0.7, 4.0
_COST_PER_CLICK = 0.55  # US dollars
_CAMPAIGNS = ("Brand keywords", "Category keywords")
_ID_BASE = 400_000_000_000_000


@dataclass(frozen=True)
class _Ad:
    """A product in an ad group; Amazon's ids are numbers."""

    market: Market
    campaign: int
    product: int

    @property
    def number(self) -> int:
        return int(self.market.profile_id) * 100 + self.campaign * 10 + self.product

    @property
    def campaign_id(self) -> int:
        return _ID_BASE + int(self.market.profile_id) % 1000 * 10 + self.campaign


def sponsored_days(tables: Tables, design: Design) -> pa.Table:
    """One row per sponsored ad and local day with impressions; conversions stand on the day of the click.

    ``purchases_by_age`` has the purchases that came 0, 1, ... 28 days after the day, so that a server can say what was
    known at any time; ``settled_days`` is the largest age with one. ``cost_micro`` is in millionths of the currency.

    Args:
        tables: orders and order_lines.
        design: what determines the world.
    """
    return pa.concat_tables([_days_of(tables, design, market) for market in design.markets if market.has_amazon])


def _days_of(tables: Tables, design: Design, market: Market) -> pa.Table:
    draw = design.randomness.stream(f"sponsored {market.code}")
    days = days_of(design, market)
    shape = (len(_CAMPAIGNS), *days.shape)
    purchases, units, sales = _conversions(tables, design, days, draw)
    total = purchases.sum(axis=-1)
    clicks = total + draw.poisson(total * (1 / CLICK_CONVERSION - 1) + DAILY_CLICKS)
    impressions = clicks + draw.poisson(clicks * (1 / CLICK_RATE - 1) + 20)
    price = _COST_PER_CLICK * market.price_factor * np.exp(draw.normal(0, 0.2, shape))
    cost = np.rint(clicks * price * 10_000).astype(np.int64) * 100
    ages = np.where(purchases > 0, np.arange(AGES), 0).max(axis=-1)
    columns = dict(zip(_AD_COLUMNS, _ad_columns(market, days), strict=True))
    return pa.table(
        columns
        | {
            "impressions": impressions.ravel(),
            "clicks": clicks.ravel(),
            "cost_micro": cost.ravel(),
            "purchases": total.ravel(),
            "units": units.ravel(),
            "sales_minor": sales.ravel(),
            "settled_days": ages.ravel().astype(np.int32),
            "purchases_by_age": pa.FixedSizeListArray.from_arrays(pa.array(purchases.ravel().astype(np.int32)), AGES),
        }
    )


_AD_COLUMNS = (
    "market", "campaign_id", "campaign_name", "ad_group_id", "ad_group_name", "ad_id", "asin", "sku", "day",
)  # fmt: skip


def _ad_columns(market: Market, days: LocalDays) -> Iterator[pa.Array]:
    """Who and when, repeated for each day of each ad."""
    ads = [_Ad(market, campaign, product) for campaign in range(len(_CAMPAIGNS)) for product in range(len(PRODUCTS))]
    ad = np.repeat(np.arange(len(ads)), days.days)

    def repeated(values: list[int]) -> pa.Array:
        return pa.array(np.array(values, dtype=np.int64)[ad])

    yield texts(ad, [market.code] * len(ads))
    yield repeated([entry.campaign_id for entry in ads])
    yield texts(ad, [f"{market.code} | SP | {_CAMPAIGNS[entry.campaign]}" for entry in ads])
    yield repeated([entry.campaign_id + _ID_BASE for entry in ads])
    yield texts(ad, [f"{_CAMPAIGNS[entry.campaign]} exact" for entry in ads])
    yield repeated([entry.number for entry in ads])
    yield texts(ad, [PRODUCTS[entry.product].asin for entry in ads])
    yield texts(ad, [PRODUCTS[entry.product].sku_in(market) for entry in ads])
    day = np.tile(np.arange(days.first, days.first + days.days, dtype=np.int32), len(ads))
    yield pa.array(day).cast(pa.date32())


def _conversions(tables: Tables, design: Design, days: LocalDays, draw: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Purchases by campaign, product, day of the click and age; units and sales by campaign, product and day."""
    orders, lines = tables["orders"], tables["order_lines"]
    codes = [entry.code for entry in design.markets]
    is_here = is_amazon_sale(orders) & (codes_in(orders["market"], codes) == codes.index(days.market.code))
    is_here &= orders["cancelled_at"].is_null().to_numpy()
    order = rows_of(lines["order_id"], orders["order_id"])
    chosen = np.flatnonzero(is_here[order])
    chosen = chosen[draw.random(len(chosen)) < CLICKED_SHARE]
    count = len(chosen)
    later = np.minimum(1 + draw.exponential(_MEAN_LATER_DAYS, count).astype(np.int64), AGES - 1)
    age = np.where(draw.random(count) < _SAME_DAY, 0, later)
    campaign = (draw.random(count) < 0.4).astype(np.int64)
    product = codes_in(lines["asin"], [entry.asin for entry in PRODUCTS])[chosen]
    day = days.position(micros_of(orders["purchased_at"])[order[chosen]]) - age
    cell = (campaign * len(PRODUCTS) + product) * days.days + day
    inside = day >= 0
    cell, age, chosen = cell[inside], age[inside], chosen[inside]
    cells = len(_CAMPAIGNS) * len(PRODUCTS) * days.days
    shape = (len(_CAMPAIGNS), *days.shape)
    purchases = np.bincount(cell * AGES + age, minlength=cells * AGES).reshape(*shape, AGES)
    units, sales = np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64)
    np.add.at(units, cell, lines["quantity"].to_numpy()[chosen])
    np.add.at(sales, cell, lines["item_price_minor"].to_numpy()[chosen])
    return purchases, units.reshape(shape), sales.reshape(shape)
