"""Sponsored Products figures as the reports of version 3 have them (api-contracts 8.1).

Conversions are dated on the day of the ad interaction and come later: a day of ads is known once it is over, and a
purchase ``n`` days after it once that day is over as well. A window of 7 days holds the purchases of the first 7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.amazon_ads.columns import ints_of, sums
from phygital_funnel.sandbox.world.catalogue import BRAND, Market
from phygital_funnel.sandbox.world.columns import Flags
from phygital_funnel.sandbox.world.times import Ints, day_of

WINDOWS = (1, 7, 14, 30)
"""Days after the click in which purchases are credited."""
STATUS = "ENABLED"
DAILY_BUDGET = 100.0
MATCH_TYPE = "EXACT"
_KEYWORD_BID = 0.75
_KEYWORDS = {"Brand keywords exact": BRAND.lower()}
_CATEGORY_KEYWORD = "skin care"

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class ReportType:
    """What a report can be asked for.

    Args:
        groups: name in groupBy to the columns that make a row.
        dimensions: columns that describe a row, whatever it is grouped by.
        by_group: columns that come with one of the groups.
        metrics: names of the figures.
        filters: fields that rows can be filtered by; all that is advertised here is enabled.
    """

    groups: Mapping[str, tuple[str, ...]]
    dimensions: tuple[str, ...]
    by_group: Mapping[str, tuple[str, ...]]
    metrics: tuple[str, ...]
    filters: tuple[str, ...] = ()

    def columns(self, group_by: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that exist with these groups."""
        more = [name for group in group_by for name in self.by_group.get(group, ())]
        return (*self.dimensions, *more, *self.metrics)


def _windows(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{days}d" for name in names for days in WINDOWS)


_TRAFFIC = ("impressions", "clicks", "cost", "spend", "costPerClick", "clickThroughRate")
_CREDITED = _windows("purchases", "unitsSoldClicks", "sales")
_SAME_SKU = _windows("purchasesSameSku", "unitsSoldSameSku", "attributedSalesSameSku")
_OTHER_SKU = _windows("purchasesOtherSku", "unitsSoldOtherSku", "salesOtherSku")
_RATES = ("acosClicks7d", "acosClicks14d", "roasClicks7d", "roasClicks14d")
_NONE_OF_OURS = (
    "kindleEditionNormalizedPagesRead14d", "kindleEditionNormalizedPagesRoyalties14d", "qualifiedBorrows",
    "royaltyQualifiedBorrows", "addToList",
)  # fmt: skip
_OF_KEYWORDS = (
    *_TRAFFIC, *_CREDITED, *_SAME_SKU, "salesOtherSku7d", "unitsSoldOtherSku7d", *_RATES, *_NONE_OF_OURS,
)  # fmt: skip
_CAMPAIGN = (
    "campaignId", "campaignName", "campaignStatus", "campaignBudgetAmount", "campaignBudgetType",
    "campaignBudgetCurrencyCode", "retailer",
)  # fmt: skip
_BUDGET_RULE = ("campaignRuleBasedBudgetAmount", "campaignApplicableBudgetRuleId", "campaignApplicableBudgetRuleName")
_KEYWORD = ("keywordId", "keyword", "keywordType", "matchType", "targeting")
"""What the shopper's search matched: every ad group here has one keyword, which is matched exactly."""
_KEYWORD_STATE = ("keywordBid", "adKeywordStatus")
_DAYS = ("date", "startDate", "endDate")

REPORT_TYPES = {
    "spCampaigns": ReportType(
        groups={"campaign": ("campaign_id",), "adGroup": ("ad_group_id",)},
        dimensions=(*_DAYS, *_CAMPAIGN, "campaignBiddingStrategy"),
        by_group={
            "campaign": (*_BUDGET_RULE, "topOfSearchImpressionShare"),
            "adGroup": ("adGroupId", "adGroupName", "adStatus"),
        },
        metrics=(*_TRAFFIC, *_CREDITED, *_SAME_SKU, "acosClicks14d", "roasClicks14d", *_NONE_OF_OURS),
        filters=("campaignStatus",),
    ),
    "spAdvertisedProduct": ReportType(
        groups={"advertiser": ("ad_id",)},
        dimensions=(
            *_DAYS, *_CAMPAIGN, "portfolioId", "adGroupId", "adGroupName", "adId", "advertisedAsin", "advertisedSku",
        ),
        by_group={},
        metrics=(
            *_TRAFFIC, *_CREDITED, *_SAME_SKU, "salesOtherSku7d", "unitsSoldOtherSku7d", *_RATES, *_NONE_OF_OURS,
        ),
        filters=("adCreativeStatus",),
    ),
    "spPurchasedProduct": ReportType(
        groups={"asin": ("ad_id",)},
        dimensions=(
            *_DAYS, *_CAMPAIGN, "portfolioId", "adGroupId", "adGroupName", "advertisedAsin", "advertisedSku",
            "purchasedAsin", *_KEYWORD,
        ),
        by_group={},
        metrics=(*_CREDITED, *_OTHER_SKU, *_NONE_OF_OURS),
    ),
    "spTargeting": ReportType(
        groups={"targeting": ("ad_group_id",)},
        dimensions=(
            *_DAYS, *_CAMPAIGN, "portfolioId", "adGroupId", "adGroupName", *_KEYWORD, *_KEYWORD_STATE,
            "topOfSearchImpressionShare",
        ),
        by_group={},
        metrics=_OF_KEYWORDS,
        filters=("keywordType", "adKeywordStatus"),
    ),
    "spSearchTerm": ReportType(
        groups={"searchTerm": ("ad_group_id",)},
        dimensions=(
            *_DAYS, *_CAMPAIGN, "portfolioId", "adGroupId", "adGroupName", *_KEYWORD, *_KEYWORD_STATE, "searchTerm",
        ),
        by_group={},
        metrics=_OF_KEYWORDS,
        filters=("keywordType", "adKeywordStatus"),
    ),
}  # fmt: skip
ALWAYS = {"keywordType": MATCH_TYPE}
"""What a field that can be filtered by says in every row; all others are states, and say ``STATUS``."""


@dataclass(frozen=True)
class Wanted:
    """Which rows and columns of the world's ads are asked for.

    Args:
        type_id: one of ``REPORT_TYPES``.
        group_by: of its groups.
        columns: in the order asked for.
        first, last: day numbers, both included.
        is_daily: one row per day; else one over all of them.
        is_empty: a filter leaves nothing.
    """

    type_id: str
    group_by: tuple[str, ...]
    columns: tuple[str, ...]
    first: int
    last: int
    is_daily: bool
    is_empty: bool = False


def report_rows(days: pa.Table, market: Market, wanted: Wanted, today: int) -> list[dict[str, object]]:
    """The rows of a report.

    Args:
        days: the world's ``sponsored_days``.
        market: of the profile.
        wanted: what is asked for.
        today: day number in the profile's zone; days before it are known.
    """
    day = days["day"].cast(pa.int32()).to_numpy().astype(np.int64)
    is_ours = pc.equal(days["market"].cast(pa.string()), market.code).to_numpy()
    last = min(wanted.last, today - 1)
    rows = np.flatnonzero(is_ours & (day >= wanted.first) & (day <= last) & np.bool_(not wanted.is_empty))
    if not len(rows):
        return []
    kind = REPORT_TYPES[wanted.type_id]
    keys = [day[rows]] if wanted.is_daily else []
    days = days.take(pa.array(rows))
    keys += [ints_of(days[name]) for group in wanted.group_by for name in kind.groups[group]]
    figures = _Figures(days, keys, market, wanted, today)
    shown = figures.purchases(WINDOWS[-1]) > 0 if wanted.type_id == "spPurchasedProduct" else figures.impressions > 0
    columns = [figures.column(name) for name in wanted.columns]
    cells = zip(*columns, strict=True)
    kept = zip(cells, shown.tolist(), strict=True)
    return [dict(zip(wanted.columns, values, strict=True)) for values, is_shown in kept if is_shown]


class _Figures:
    """Ad days summed by what makes a row."""

    def __init__(self, days: pa.Table, keys: list[Ints], market: Market, wanted: Wanted, today: int) -> None:
        stacked = np.stack(keys)
        _, self._first, self._row = np.unique(stacked, axis=1, return_index=True, return_inverse=True)
        self._row = self._row.reshape(-1)
        self._days, self._market, self._wanted = days, market, wanted
        self._count = len(self._first)
        day = days["day"].cast(pa.int32()).to_numpy().astype(np.int64)
        self._day = day[self._first]
        by_age = days["purchases_by_age"].combine_chunks().flatten()
        ages = by_age.to_numpy(zero_copy_only=False).astype(np.int64).reshape(days.num_rows, -1)
        self._ages = np.where(np.arange(ages.shape[1]) < (today - day)[:, None], ages, 0)
        self._all = ages.sum(axis=1)
        self.impressions = self._sum(ints_of(days["impressions"]))

    def column(self, name: str) -> list[object]:
        """Values of one column."""
        made = _DIMENSIONS.get(name) or _METRICS[name]
        values: list[object] = made(self)
        return values

    def clicks(self) -> Numbers:
        """Clicks of each row."""
        return self._sum(ints_of(self._days["clicks"]))

    def cost(self) -> Numbers:
        """Cost in units of the currency, rounded to its minor unit."""
        cost: Numbers = np.round(self._sum(ints_of(self._days["cost_micro"])) / 1e6, self._market.exponent)
        return cost

    def purchases(self, window: int) -> Numbers:
        """Purchases known by now within a window of days."""
        return self._sum(self._ages[:, :window].sum(axis=1))

    def share_of(self, name: str, window: int) -> Numbers:
        """Units or money that came with the purchases known by now within a window of days."""
        total, known = ints_of(self._days[name]), self._ages[:, :window].sum(axis=1)
        return self._sum(np.rint(total * known / np.maximum(self._all, 1)).astype(np.int64))

    def sales(self, window: int) -> Numbers:
        """Sales in units of the currency."""
        sales: Numbers = self.share_of("sales_minor", window) / 10**self._market.exponent
        return sales

    def ids(self, name: str) -> list[int]:
        """Ids of each row, as numbers."""
        ids: list[int] = ints_of(self._days[name])[self._first].tolist()
        return ids

    def texts(self, name: str) -> list[str]:
        """Names of each row."""
        texts: list[str] = self._days[name].take(pa.array(self._first)).to_pylist()
        return texts

    def keywords(self) -> list[str]:
        """Keyword of each row's ad group; a search that matches it exactly says the same."""
        return [_KEYWORDS.get(name, _CATEGORY_KEYWORD) for name in self.texts("ad_group_name")]

    def always(self, value: object) -> list[object]:
        """The same value in every row."""
        return [value] * self._count

    def dates(self, number: int | None = None) -> list[str]:
        """The day of each row, or the same day in all of them."""
        days = self._day.tolist() if number is None else [number] * self._count
        return [day_of(day).isoformat() for day in days]

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return self._market.currency

    @property
    def period(self) -> tuple[int, int]:
        """First and last day that was asked for."""
        return self._wanted.first, self._wanted.last

    def _sum(self, values: Numbers) -> Numbers:
        return sums(self._row, values, self._count)


Column = Callable[[_Figures], Any]


def _ratio(above: Numbers, below: Numbers, factor: float = 1.0) -> list[float | None]:
    """A rate; null where there is nothing to divide by."""
    is_known: Flags = below > 0
    values = np.round(factor * above / np.where(is_known, below, 1), 4)
    return [value if known else None for value, known in zip(values.tolist(), is_known.tolist(), strict=True)]


def _window_of(make: Callable[[_Figures, int], Numbers], days: int) -> Column:
    return lambda figures: make(figures, days).tolist()


def _windowed(name: str, make: Callable[[_Figures, int], Numbers]) -> dict[str, Column]:
    return {f"{name}{days}d": _window_of(make, days) for days in WINDOWS}


def _acos(days: int) -> Column:
    return lambda figures: _ratio(figures.cost(), figures.sales(days), 100.0)


def _roas(days: int) -> Column:
    return lambda figures: _ratio(figures.sales(days), figures.cost())


def _units(figures: _Figures, days: int) -> Numbers:
    return figures.share_of("units", days)


def _nothing(figures: _Figures, days: int = 0) -> Numbers:
    return np.zeros(len(figures.impressions), dtype=np.int64)


def _no_money(figures: _Figures, days: int = 0) -> Numbers:
    return np.zeros(len(figures.impressions))


_DIMENSIONS: dict[str, Column] = {
    "date": lambda figures: figures.dates(),
    "startDate": lambda figures: figures.dates(figures.period[0]),
    "endDate": lambda figures: figures.dates(figures.period[1]),
    "campaignId": lambda figures: figures.ids("campaign_id"),
    "campaignName": lambda figures: figures.texts("campaign_name"),
    "campaignStatus": lambda figures: figures.always(STATUS),
    "campaignBudgetAmount": lambda figures: figures.always(DAILY_BUDGET),
    "campaignBudgetType": lambda figures: figures.always("DAILY_BUDGET"),
    "campaignBudgetCurrencyCode": lambda figures: figures.always(figures.currency),
    "campaignBiddingStrategy": lambda figures: figures.always("legacy"),
    "retailer": lambda figures: figures.always("Amazon"),
    "portfolioId": lambda figures: figures.always(None),
    "keywordId": lambda figures: [1000 + number for number in figures.ids("ad_group_id")],
    **dict.fromkeys(("keyword", "targeting", "searchTerm"), lambda figures: figures.keywords()),
    **dict.fromkeys(("keywordType", "matchType"), lambda figures: figures.always(MATCH_TYPE)),
    "keywordBid": lambda figures: figures.always(_KEYWORD_BID),
    "adKeywordStatus": lambda figures: figures.always(STATUS),
    **dict.fromkeys((*_BUDGET_RULE, "topOfSearchImpressionShare"), lambda figures: figures.always(None)),
    "adGroupId": lambda figures: figures.ids("ad_group_id"),
    "adGroupName": lambda figures: figures.texts("ad_group_name"),
    "adStatus": lambda figures: figures.always(STATUS),
    "adId": lambda figures: figures.ids("ad_id"),
    "advertisedAsin": lambda figures: figures.texts("asin"),
    "advertisedSku": lambda figures: figures.texts("sku"),
    # The world has no record of which product an ad's buyer took, so it is the advertised one.
    "purchasedAsin": lambda figures: figures.texts("asin"),
}
_METRICS: dict[str, Column] = {
    "impressions": lambda figures: figures.impressions.tolist(),
    "clicks": lambda figures: figures.clicks().tolist(),
    "cost": lambda figures: figures.cost().tolist(),
    "spend": lambda figures: figures.cost().tolist(),
    "costPerClick": lambda figures: _ratio(figures.cost(), figures.clicks()),
    "clickThroughRate": lambda figures: _ratio(figures.clicks(), figures.impressions, 100.0),
    **_windowed("purchases", _Figures.purchases),
    **_windowed("purchasesSameSku", _Figures.purchases),
    **_windowed("purchasesOtherSku", _nothing),
    **_windowed("unitsSoldClicks", _units),
    **_windowed("unitsSoldSameSku", _units),
    **_windowed("unitsSoldOtherSku", _nothing),
    **_windowed("sales", _Figures.sales),
    **_windowed("attributedSalesSameSku", _Figures.sales),
    **_windowed("salesOtherSku", _no_money),
    **{f"acosClicks{days}d": _acos(days) for days in (7, 14)},
    **{f"roasClicks{days}d": _roas(days) for days in (7, 14)},
    **dict.fromkeys(_NONE_OF_OURS, lambda figures: _nothing(figures).tolist()),
}
