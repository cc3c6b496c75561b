"""Rows of the Attribution reports at a time, with the ten-click mask of each level."""

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import lru_cache

from phygital_funnel.sandbox.api.attribution_claims import Claims, Event, Figures, Sums
from phygital_funnel.sandbox.world.catalogue import BRAND, MARKETS, PRODUCTS
from phygital_funnel.sandbox.world.times import day_of

MASK_CLICKS = 10
"""A tag, or group of tags, shows zeros until it has had this many clicks in its life."""
LEVELS = {
    "CAMPAIGN": ("campaign_id",),
    "ADGROUP": ("campaign_id", "adgroup_id"),
    "CREATIVE": ("campaign_id", "adgroup_id", "ad_id"),
}
PUBLISHER = "TikTok"

Row = dict[str, str]
_WIRE_IDS = {"campaign_id": "campaignId", "adgroup_id": "adGroupId", "ad_id": "creativeId"}


class Reports:
    """The two reports of every profile."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._products = {product.asin: product for product in PRODUCTS}
        self._markets = {market.profile_id: market for market in MARKETS}

    @lru_cache(maxsize=64)  # noqa: B019  one instance per process
    def performance(self, profile_id: str, level: str, now: int) -> list[Row]:
        """PERFORMANCE rows of one level, by day and ids."""
        columns = LEVELS[level]
        clicks = self._lifetime_clicks(profile_id, columns, now)
        cells: dict[tuple[str, ...], Figures] = defaultdict(Figures)
        for event in self._known(profile_id, now):
            cells[(_wire_day(event.day), *self._key(event, columns))].add(event, now)
        return [
            {
                "date": day,
                "advertiserName": BRAND,
                **{_WIRE_IDS[column]: value for column, value in zip(columns, key, strict=True)},
                **({} if level == "CAMPAIGN" else {"publisher": PUBLISHER}),
                **_performance(figures if clicks[tuple(key)] >= MASK_CLICKS else Figures()),
            }
            for (day, *key), figures in sorted(cells.items())
        ]

    @lru_cache(maxsize=16)  # noqa: B019  one instance per process
    def products(self, profile_id: str, now: int) -> list[Row]:
        """PRODUCTS rows: day, ad group, ASIN, promoted or halo; zeros while the ad group is masked."""
        columns = LEVELS["ADGROUP"]
        clicks = self._lifetime_clicks(profile_id, columns, now)
        cells: dict[tuple[str, ...], Figures] = defaultdict(Figures)
        for event in self._known(profile_id, now):
            if event.views or event.purchases:
                kind = "Promoted" if event.is_promoted else "Brand Halo"
                cells[(_wire_day(event.day), *self._key(event, columns), event.asin, kind)].add(event, now)
        market = self._markets[profile_id]
        return [
            {
                "date": day,
                "advertiserName": BRAND,
                "campaignId": campaign,
                "adGroupId": ad_group,
                "publisher": PUBLISHER,
                "marketplace": market.amazon_domain.upper(),
                "brandName": BRAND.upper(),
                **self._product(asin),
                "productConversionType": kind,
                **_products(figures if clicks[campaign, ad_group] >= MASK_CLICKS else Figures()),
            }
            for (day, campaign, ad_group, asin, kind), figures in sorted(cells.items())
        ]

    def _known(self, profile_id: str, now: int) -> list[Event]:
        return [event for event in self._claims.events.get(profile_id, ()) if event.is_known(now)]

    def _key(self, event: Event, columns: tuple[str, ...]) -> tuple[str, ...]:
        ad = self._claims.ads[event.ad_id]
        return tuple(ad[column] for column in columns)

    def _lifetime_clicks(self, profile_id: str, columns: tuple[str, ...], now: int) -> "Counter[tuple[str, ...]]":
        clicks: Counter[tuple[str, ...]] = Counter()
        for event in self._known(profile_id, now):
            clicks[self._key(event, columns)] += event.clicks
        return clicks

    def _product(self, asin: str) -> Row:
        product = self._products[asin]
        return {
            "productAsin": asin,
            "productName": product.name,
            "productGroup": "Beauty",
            "productCategory": product.category,
            "productSubcategory": product.category,
        }


def _wire_day(day: int) -> str:
    return f"{day_of(day):%Y%m%d}"


def _performance(figures: Figures) -> Row:
    promoted, halo = figures.promoted, figures.halo
    return {
        "Click-throughs": str(figures.clicks),
        **_promoted(promoted),
        "attributedTotalDetailPageViewsClicks14d": str(promoted.views + halo.views),
        "attributedTotalAddToCartClicks14d": str(promoted.carts + halo.carts),
        "attributedTotalPurchases14d": str(promoted.purchases + halo.purchases),
        "totalUnitsSold14d": str(promoted.units + halo.units),
        "totalAttributedSales14d": repr(promoted.sales + halo.sales),
    }  # fmt: skip


def _products(figures: Figures) -> Row:
    promoted, halo = figures.promoted, figures.halo
    return {
        **_promoted(promoted),
        **_sums(halo, "brandHaloDetailPageViewsClicks14d", "brandHaloAttributedAddToCartClicks14d",
                "brandHaloAttributedPurchases14d", "brandHaloUnitsSold14d", "brandHaloAttributedSales14d"),
        **_new(promoted, "attributedNewToBrand{}14d"),
        **_new(halo, "brandHaloNewToBrand{}14d"),
    }  # fmt: skip


def _promoted(sums: Sums) -> Row:
    return _sums(
        sums,
        views="attributedDetailPageViewsClicks14d",
        carts="attributedAddToCartClicks14d",
        purchases="attributedPurchases14d",
        units="unitsSold14d",
        sales="attributedSales14d",
    )


def _sums(sums: Sums, views: str, carts: str, purchases: str, units: str, sales: str) -> Row:
    return {
        views: str(sums.views),
        carts: str(sums.carts),
        purchases: str(sums.purchases),
        units: str(sums.units),
        sales: repr(sums.sales),
    }


def _new(sums: Sums, name: str) -> Row:
    format_name: Callable[[str], str] = name.format
    return {
        format_name("Purchases"): str(sums.new_purchases),
        format_name("UnitsSold"): str(sums.new_units),
        format_name("Sales"): repr(sums.new_sales),
    }
