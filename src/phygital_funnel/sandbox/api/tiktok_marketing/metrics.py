"""Every metric of a report: how it follows from counts, and how it is written.

A metric is a column of numbers, NaN where the platform writes ``-``, and a number of decimal places.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NOT_AVAILABLE = "-"
Floats = npt.NDArray[np.float64]
Columns = Callable[[str], Floats]
"""Gives a column by name: one of the counts, reach, or another metric."""

_ACCOUNT_CURRENCY = -1


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        compute: its numbers from other columns.
        decimals: places after the point; -1 for as many as the account's currency has.
        is_unique: whether it counts people or vouchers, which takes 16 hours, and cannot be added up.
    """

    compute: Callable[[Columns], Floats]
    decimals: int = 2
    is_unique: bool = False


def _count(name: str) -> Metric:
    return Metric(lambda column: column(name), 0)


def _ratio(above: str, below: str, factor: float = 1.0, *, is_unique: bool = False) -> Metric:
    def compute(column: Columns) -> Floats:
        # Of nothing a ratio is nought, and not available only where what it divides by is not.
        divisor = column(below)
        quotient: Floats = np.where(np.isnan(divisor), np.nan, 0.0)
        np.divide(column(above) * factor, divisor, out=quotient, where=divisor > 0)
        return quotient

    return Metric(compute, 2, is_unique)


def _constant(value: float, decimals: int = 0) -> Metric:
    return Metric(lambda column: np.full(len(column("impressions")), value), decimals)


_COUNTED = (
    "impressions", "clicks", "video_play_actions", "video_watched_2s", "video_watched_6s", "video_views_p25",
    "video_views_p50", "video_views_p75", "video_views_p100", "likes", "comments", "shares", "follows",
    "profile_visits", "conversion", "real_time_conversion", "vta_conversion", "cta_conversion", "result",
    "real_time_result",
)  # fmt: skip
_NOT_HERE = (
    "secondary_goal_result", "cost_per_secondary_goal_result", "secondary_goal_result_rate",
    "real_time_app_install_cost",
)  # fmt: skip
_NEVER_COUNTED = (
    "clicks_on_music_disc", "app_install", "real_time_app_install", "vta_purchase", "cta_purchase", "total_pageview",
    "registration", "purchase", "sales_lead", "total_app_event_add_to_cart",
)  # fmt: skip
"""Events of apps and of other people's pages, which connectors ask for by default."""
_RATES_OF_NOTHING = (
    "cost_per_app_install", "cost_per_registration", "cost_per_purchase", "cost_per_sales_lead",
    "cost_per_total_sales_lead", "cost_per_total_app_event_add_to_cart", "registration_rate", "purchase_rate",
    "sales_lead_rate",
)  # fmt: skip

METRICS: Mapping[str, Metric] = {
    **{name: _count(name) for name in _COUNTED},
    **{name: _constant(np.nan) for name in _NOT_HERE},
    **{name: _constant(0.0) for name in _NEVER_COUNTED},
    **{name: _constant(0.0, 2) for name in _RATES_OF_NOTHING},
    "spend": Metric(lambda column: column("spend_micro") / 1e6, _ACCOUNT_CURRENCY),
    "cash_spend": Metric(lambda column: column("spend_micro") / 1e6, _ACCOUNT_CURRENCY, is_unique=True),
    "voucher_spend": Metric(lambda column: column("spend_micro") * 0, _ACCOUNT_CURRENCY, is_unique=True),
    # Impressions that TikTok threw out as invalid are in the gross figure.
    "gross_impressions": Metric(lambda column: column("impressions") + column("impressions") // 100, 0),
    "reach": Metric(lambda column: column("reach"), 0, is_unique=True),
    "frequency": _ratio("impressions", "reach", is_unique=True),
    "cost_per_1000_reached": _ratio("spend", "reach", 1000, is_unique=True),
    "average_video_play_per_user": _ratio("watch_ms", "reach", 0.001, is_unique=True),
    "average_video_play": _ratio("watch_ms", "video_play_actions", 0.001),
    "cpc": _ratio("spend", "clicks"),
    "cpm": _ratio("spend", "impressions", 1000),
    "ctr": _ratio("clicks", "impressions", 100),
    "profile_visits_rate": _ratio("profile_visits", "impressions", 100),
    "cost_per_conversion": _ratio("spend", "conversion"),
    "conversion_rate": _ratio("conversion", "clicks", 100),
    "conversion_rate_v2": _ratio("conversion", "impressions", 100),
    "real_time_cost_per_conversion": _ratio("spend", "real_time_conversion"),
    "real_time_conversion_rate": _ratio("real_time_conversion", "clicks", 100),
    "real_time_conversion_rate_v2": _ratio("real_time_conversion", "impressions", 100),
    "cost_per_result": _ratio("spend", "result"),
    "result_rate": _ratio("result", "impressions", 100),
    "real_time_cost_per_result": _ratio("spend", "real_time_result"),
    "real_time_result_rate": _ratio("real_time_result", "impressions", 100),
    "complete_payment": Metric(lambda column: column("conversion"), 0),
    "onsite_shopping": Metric(lambda column: column("conversion"), 0),
    "total_onsite_shopping_value": Metric(lambda column: column("shopping_value"), _ACCOUNT_CURRENCY),
    "total_purchase_value": _constant(0.0, 2),
    "value_per_complete_payment": _ratio("shopping_value", "conversion"),
    "total_complete_payment_rate": _ratio("conversion", "clicks", 100),
}

_OF_AD = ("ad_name", "ad_text", "call_to_action", "image_mode", "is_smart_creative")
_OF_AD_GROUP = (
    "adgroup_id", "adgroup_name", "placement_type", "promotion_type", "tt_app_id", "tt_app_name", "mobile_app_id",
    "dpa_target_audience_type", "opt_status", "budget", "smart_target", "bid_strategy", "bid", "billing_event",
)  # fmt: skip
_OF_CAMPAIGN = (
    "campaign_id", "campaign_name", "objective_type", "app_promotion_type", "split_test", "campaign_budget",
    "campaign_dedicate_type", "rf_campaign_type",
)  # fmt: skip
_OF_ADVERTISER = ("advertiser_id", "advertiser_name", "currency", "timezone")
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "AUCTION_AD": (*_OF_ADVERTISER, *_OF_CAMPAIGN, *_OF_AD_GROUP, *_OF_AD),
    "AUCTION_ADGROUP": (*_OF_ADVERTISER, *_OF_CAMPAIGN, *_OF_AD_GROUP),
    "AUCTION_CAMPAIGN": (*_OF_ADVERTISER, *_OF_CAMPAIGN),
    "AUCTION_ADVERTISER": _OF_ADVERTISER,
}
"""Attributes that come as metrics, by the data level that has them."""
ALL_ATTRIBUTES = frozenset(ATTRIBUTES["AUCTION_AD"])


def written(metric: Metric, values: Floats, exponent: int) -> list[str]:
    """A column as the platform writes it.

    Args:
        metric: what it is.
        values: its numbers.
        exponent: decimal places of the account's currency.
    """
    decimals = exponent if metric.decimals == _ACCOUNT_CURRENCY else metric.decimals
    if decimals == 0 and not np.isnan(values).any():
        return [str(value) for value in np.rint(values).astype(np.int64).tolist()]
    return [NOT_AVAILABLE if value != value else f"{value:.{decimals}f}" for value in values.tolist()]
