"""The Attribution reports at one time, with the ten-click mask of each level: every cell as the text that is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import orjson

from phygital_funnel.sandbox.api.amazon_ads.claims import ASINS, Claims, Events
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import BRAND, PRODUCTS
from phygital_funnel.sandbox.world.columns import Flags
from phygital_funnel.sandbox.world.times import DAY, Ints, day_of

MASK_CLICKS = 10
"""A tag, or group of tags, shows zeros until it has had this many clicks in its life."""
LEVELS = {"CAMPAIGN": 1, "ADGROUP": 2, "CREATIVE": 3}
"""How many of the tag's ids each level has."""
PUBLISHER = "TikTok"
BONUS = "brb_bonus_amount"
BONUS_COUNTRIES = frozenset({"US", "UK", "FR"})
"""Where the brand has enrolled in the Brand Referral Bonus; elsewhere the column is silently absent."""
BONUS_DELAY = 7 * DAY
"""The bonus is only worked out when a sale is this old; the money itself comes two months later."""
_BONUS_RATES = {"Skin Care": 0.10, "Lips": 0.05, "Tools": 0.10, "Hair Tools": 0.12}
"""Share of the sales by category; invented, around Amazon's published average of 10 %."""
_IDS = ("campaignId", "adGroupId", "creativeId")
_COUNTS = ("clicks", "views", "carts", "purchases", "units")

_PROMOTED = {
    "views": "attributedDetailPageViewsClicks14d",
    "carts": "attributedAddToCartClicks14d",
    "purchases": "attributedPurchases14d",
    "units": "unitsSold14d",
    "sales": "attributedSales14d",
}
_TOTAL = {
    "views": "attributedTotalDetailPageViewsClicks14d",
    "carts": "attributedTotalAddToCartClicks14d",
    "purchases": "attributedTotalPurchases14d",
    "units": "totalUnitsSold14d",
    "sales": "totalAttributedSales14d",
}
_HALO = {
    "views": "brandHaloDetailPageViewsClicks14d",
    "carts": "brandHaloAttributedAddToCartClicks14d",
    "purchases": "brandHaloAttributedPurchases14d",
    "units": "brandHaloUnitsSold14d",
    "sales": "brandHaloAttributedSales14d",
}
_NEW = {
    "purchases": "attributedNewToBrandPurchases14d",
    "units": "attributedNewToBrandUnitsSold14d",
    "sales": "attributedNewToBrandSales14d",
}
_HALO_NEW = {
    "purchases": "brandHaloNewToBrandPurchases14d",
    "units": "brandHaloNewToBrandUnitsSold14d",
    "sales": "brandHaloNewToBrandSales14d",
}
_KINDLE = ("kindleEditionNormalizedPagesRead14d", "kindleEditionNormalizedPagesRoyalties14d")
"""Only publishers of books have these; everybody else gets zeros when all metrics are asked for."""
PERFORMANCE_METRICS = ("Click-throughs", *_PROMOTED.values(), *_TOTAL.values(), *_KINDLE)
PRODUCTS_METRICS = (*_PROMOTED.values(), *_HALO.values(), *_NEW.values(), *_HALO_NEW.values())

_WRITTEN_WAYS = 2
"""In how many choices of columns the rows of a sheet are kept."""

Texts = list[str]


@dataclass(frozen=True)
class Sheet:
    """All rows of one report of one profile at one time, by day and ids.

    Args:
        days: day number of each row.
        dimensions: column name to texts.
        metrics: column name to texts.
        campaigns, asins: position of each row's campaign and product; empty in PERFORMANCE reports.
        weights: what products are ranked by; empty in PERFORMANCE reports.
    """

    days: Ints
    dimensions: dict[str, Texts]
    metrics: dict[str, Texts]
    campaigns: Ints
    asins: Ints
    weights: npt.NDArray[np.float64]
    _written: dict[tuple[str, ...], list[bytes]] = field(default_factory=dict)

    def rows(self, metrics: tuple[str, ...]) -> list[bytes]:
        """Every row as JSON, with all dimensions and the chosen metrics that it has.

        They are kept, because pages of the same columns are what clients ask for again and again.
        """
        written = self._written.get(metrics)
        if written is None:
            columns = self.dimensions | {name: self.metrics[name] for name in metrics if name in self.metrics}
            cells = zip(*columns.values(), strict=True)
            written = [orjson.dumps(dict(zip(columns, values, strict=True))) for values in cells]
            if len(self._written) >= _WRITTEN_WAYS:
                self._written.clear()
            self._written[metrics] = written
        return written

    def between(self, first: int, last: int) -> Sequence[int]:
        """Rows of a range of days, both included."""
        start, end = np.searchsorted(self.days, [first, last + 1])
        return range(int(start), int(end))

    def top_products(self, rows: Sequence[int], limit: int) -> Sequence[int]:
        """Those of the rows whose product is among the best ``limit`` of its campaign in these rows."""
        chosen = np.asarray(rows, dtype=np.int64)
        keys = self.campaigns[chosen] * len(ASINS) + self.asins[chosen]
        pairs, pair = np.unique(keys, return_inverse=True)
        weight = np.bincount(pair, self.weights[chosen], len(pairs))
        best = np.lexsort((pairs, -weight, pairs // len(ASINS)))
        campaign = (pairs // len(ASINS))[best]
        place = np.arange(len(best)) - np.searchsorted(campaign, campaign)
        is_top = np.zeros(len(pairs), dtype=np.bool_)
        is_top[best[place < limit]] = True
        kept: list[int] = chosen[is_top[pair]].tolist()
        return kept


class Sheets:
    """The reports of every profile of a world; as many are kept as five profiles have."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._markets = {market.profile_id: number for number, market in enumerate(world.markets) if market.has_amazon}
        # Counting takes seconds in a large world, so it waits until somebody asks.
        self._claims = lru_cache(maxsize=1)(lambda: Claims(world))
        self.performance = lru_cache(maxsize=15)(self._performance)
        self.products = lru_cache(maxsize=5)(self._products)

    def _performance(self, profile_id: str, level: str, now: int) -> Sheet:
        """PERFORMANCE rows of one level."""
        market, depth = self._markets[profile_id], LEVELS[level]
        events, net = self._claims().known(market, now)
        ids, group = self._groups(depth)
        cells = _Cells(events, net, (events.day, group[events.tag]), 10 ** self._world.markets[market].exponent)
        day, key = cells.keys
        shown = self._unmasked(events, group)[key]
        metrics = {
            "Click-throughs": cells.counts("clicks", shown),
            **cells.measures(_PROMOTED, events.is_promoted, shown),
            **cells.measures(_TOTAL, np.ones(len(events), dtype=np.bool_), shown),
            **dict(zip(_KINDLE, (["0"] * len(day), ["0.0"] * len(day)), strict=True)),
        }
        if level != "CREATIVE" and self._world.markets[market].ads_country in BONUS_COUNTRIES:
            metrics[BONUS] = cells.bonus(now, shown, self._world.markets[market].exponent)
        dimensions = {
            **_named(day),
            **{name: [ids[number][place] for number in key.tolist()] for place, name in enumerate(_IDS[:depth])},
        }
        if depth > 1:
            dimensions["publisher"] = [PUBLISHER] * len(day)
        nothing = np.empty(0, dtype=np.int64)
        return Sheet(day, dimensions, metrics, nothing, nothing, nothing.astype(np.float64))

    def _products(self, profile_id: str, now: int) -> Sheet:
        """PRODUCTS rows: ad group, ASIN, promoted or halo; zeros while the ad group is masked."""
        market = self._markets[profile_id]
        place = self._world.markets[market]
        events, net = self._claims().known(market, now)
        rows = np.flatnonzero(events.views + events.purchases > 0)
        ids, group = self._groups(LEVELS["ADGROUP"])
        shown_groups = self._unmasked(events, group)
        events, net = events.take(rows), net[rows]
        is_halo = (~events.is_promoted).astype(np.int64)
        cells = _Cells(events, net, (events.day, group[events.tag], events.asin, is_halo), 10**place.exponent)
        day, key, asin, halo = cells.keys
        shown = shown_groups[key]
        campaigns = np.unique([campaign for campaign, _ in ids], return_inverse=True)[1] if ids else key
        dimensions = {
            **_named(day),
            "campaignId": [ids[number][0] for number in key.tolist()],
            "adGroupId": [ids[number][1] for number in key.tolist()],
            "publisher": [PUBLISHER] * len(day),
            "marketplace": [place.amazon_domain.upper()] * len(day),
            "brandName": [BRAND.upper()] * len(day),
            **_described(asin),
            "productConversionType": [("Promoted", "Brand Halo")[number] for number in halo.tolist()],
        }
        metrics = {
            **cells.measures(_PROMOTED, events.is_promoted, shown),
            **cells.measures(_HALO, ~events.is_promoted, shown),
            **cells.measures(_NEW, events.is_promoted & events.is_new, shown),
            **cells.measures(_HALO_NEW, ~events.is_promoted & events.is_new, shown),
        }
        return Sheet(day, dimensions, metrics, campaigns[key], asin, cells.weights(shown))

    def _groups(self, depth: int) -> tuple[list[tuple[str, ...]], Ints]:
        """The ids of every group of tags at a level, and which group each tag is in."""
        tags = self._claims().tags
        ids = sorted({tag[:depth] for tag in tags})
        position = {group: number for number, group in enumerate(ids)}
        return ids, np.array([position[tag[:depth]] for tag in tags], dtype=np.int64)

    def _unmasked(self, events: Events, group: Ints) -> Flags:
        """Whether each group of tags has had its clicks."""
        clicks = np.bincount(group[events.tag], events.clicks, len(group) or 1)
        needed = MASK_CLICKS if self._world.scenario.is_masked else 0
        return np.asarray(clicks >= needed)


class _Cells:
    """Events summed by what makes a row of a report."""

    def __init__(self, events: Events, net: Ints, keys: tuple[Ints, ...], minor: int) -> None:
        self._events = events
        self._money = net / minor
        if len(events):
            rows = np.lexsort(keys[::-1])
            sorted_keys = np.stack([key[rows] for key in keys])
            is_first = np.append(True, (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0))
            self._cell = np.empty(len(rows), dtype=np.int64)
            self._cell[rows] = np.cumsum(is_first) - 1
            self.keys = tuple(sorted_keys[:, is_first])
        else:
            self._cell = np.empty(0, dtype=np.int64)
            self.keys = tuple(key[:0] for key in keys)
        self._count = len(self.keys[0])

    def counts(self, name: str, shown: Flags, of: Flags | None = None) -> Texts:
        """Sums of whole numbers, zero in rows that are not shown."""
        values = getattr(self._events, name)
        total = np.bincount(self._cell, values if of is None else values * of, self._count)
        return list(map(str, np.where(shown, total, 0).astype(np.int64).tolist()))

    def measures(self, names: dict[str, str], of: Flags, shown: Flags) -> dict[str, Texts]:
        """Wire name to sums over some of the events."""
        return {
            wire: self._sales(of, shown) if name == "sales" else self.counts(name, shown, of)
            for name, wire in names.items()
        }

    def bonus(self, now: int, shown: Flags, exponent: int) -> Texts:
        """The Brand Referral Bonus of the sales that are old enough."""
        events = self._events
        rates = np.array([_BONUS_RATES[product.category] for product in PRODUCTS])[events.asin]
        is_due = events.known_from + BONUS_DELAY <= now
        total = np.bincount(self._cell, self._money * rates * is_due, self._count)
        return [repr(round(amount, exponent)) for amount in np.where(shown, total, 0.0).tolist()]

    def weights(self, shown: Flags) -> npt.NDArray[np.float64]:
        """Sales of each row, then views: what products are ranked by."""
        total = np.bincount(self._cell, self._money + self._events.views * 1e-6, self._count)
        return np.where(shown, total, 0.0)

    def _sales(self, of: Flags, shown: Flags) -> Texts:
        # Amazon adds binary floats, and so do we: the noise is part of the format.
        total = np.bincount(self._cell, self._money * of, self._count)
        return list(map(repr, np.where(shown, total, 0.0).tolist()))


def _named(day: Ints) -> dict[str, Texts]:
    days, position = np.unique(day, return_inverse=True)
    texts = [f"{day_of(number):%Y%m%d}" for number in days.tolist()]
    return {"date": [texts[number] for number in position.tolist()], "advertiserName": [BRAND] * len(day)}


def _described(asin: Ints) -> dict[str, Texts]:
    products = [PRODUCTS[number] for number in asin.tolist()]
    return {
        "productAsin": [product.asin for product in products],
        "productName": [product.name for product in products],
        "productGroup": ["Beauty"] * len(products),
        "productCategory": [product.category for product in products],
        "productSubcategory": [product.category for product in products],
    }
