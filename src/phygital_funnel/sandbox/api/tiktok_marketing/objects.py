"""How campaigns, ad groups and ads are written on the wire."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from phygital_funnel.sandbox.api.tiktok_marketing.parameters import TIME_FORMAT
from phygital_funnel.sandbox.world.ads import SHOP
from phygital_funnel.sandbox.world.catalogue import Market

REDIRECTOR = "https://go.example-brand.test/r"
SHOP_PAGE = "https://shop.example-brand.test/view/product"
_FAR_FUTURE_YEARS = 10
_MACROS = "c=__CAMPAIGN_ID__&g=__AID__&a=__CID__&p=__PLACEMENT__&clk=__CALLBACK_PARAM__"

Row = dict[str, Any]


def is_deleted(ad: Row, now: datetime) -> bool:
    """Whether an ad has been deleted."""
    return ad["deleted_at"] is not None and ad["deleted_at"] <= now


def campaign(row: Row, market: Market, now: datetime) -> Row:
    """A campaign, from any of its ads."""
    return {
        "advertiser_id": row["advertiser_id"],
        "campaign_id": row["campaign_id"],
        "campaign_name": row["campaign_name"],
        "objective_type": "PRODUCT_SALES" if row["destination"] == SHOP else "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": row["daily_budget_minor"] / 10**market.exponent,
        "operation_status": "ENABLE",
        "secondary_status": "CAMPAIGN_STATUS_ENABLE",
        "campaign_automation_type": "MANUAL",
        **_times(row["created_at"], row["created_at"]),
    }


def ad_group(row: Row, market: Market, now: datetime) -> Row:
    """An ad group, from any of its ads."""
    starts = row["created_at"]
    return {
        "advertiser_id": row["advertiser_id"],
        "campaign_id": row["campaign_id"],
        "adgroup_id": row["adgroup_id"],
        "adgroup_name": row["adgroup_name"],
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ["PLACEMENT_TIKTOK"],
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "budget_mode": "BUDGET_MODE_INFINITE",
        "budget": 0.0,
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": _written(starts),
        "schedule_end_time": _written(starts.replace(year=starts.year + _FAR_FUTURE_YEARS)),
        "click_attribution_window": "SEVEN_DAYS",
        "view_attribution_window": "ONE_DAY",
        "operation_status": "ENABLE",
        "secondary_status": "ADGROUP_STATUS_DELIVERY_OK",
        **_times(starts, starts),
    }


_SAME_IN_AD = (
    "advertiser_id", "campaign_id", "campaign_name", "adgroup_id", "adgroup_name", "ad_id", "ad_name", "ad_text",
)  # fmt: skip


def ad(row: Row, market: Market, now: datetime) -> Row:
    """An ad."""
    gone = is_deleted(row, now)
    page = f"{SHOP_PAGE}/{row['asin'].lower()}" if row["destination"] == SHOP else _redirect(row)
    return {
        **{name: row[name] for name in _SAME_IN_AD},
        "ad_format": "SINGLE_VIDEO",
        "call_to_action": "SHOP_NOW",
        "landing_page_url": page,
        "landing_page_urls": None,
        "video_id": f"v10033g50000{row['video_id']}",
        "image_ids": [f"ad-site-i18n-sg/{row['ad_id']}"],
        "identity_type": "AUTH_CODE" if row["is_spark"] else "CUSTOMIZED_USER",
        "identity_id": f"sbx-{row['creator_id']}",
        "tiktok_item_id": row["video_id"] if row["is_spark"] else None,
        "utm_params": [],
        "click_tracking_url": None,
        "impression_tracking_url": None,
        "tracking_pixel_id": 0,
        "is_aco": False,
        "campaign_automation_type": "MANUAL",
        "operation_status": "DELETE" if gone else "ENABLE",
        "secondary_status": "AD_STATUS_DELETE" if gone else "AD_STATUS_DELIVERY_OK",
        **_times(row["created_at"], modified_at(row, now)),
    }


def modified_at(row: Row, now: datetime) -> datetime:
    """When an ad was last changed, as known at a time: deletion is the only change here."""
    when: datetime = row["deleted_at"] if is_deleted(row, now) else row["created_at"]
    return when


WRITERS: dict[str, Callable[[Row, Market, datetime], Row]] = {"campaign": campaign, "adgroup": ad_group, "ad": ad}


def _redirect(row: Row) -> str:
    return f"{REDIRECTOR}/{row['asin'].lower()}?{_MACROS}"


def _times(created_at: datetime, changed_at: datetime) -> dict[str, str]:
    return {"create_time": _written(created_at), "modify_time": _written(changed_at)}


def _written(moment: datetime) -> str:
    return moment.strftime(TIME_FORMAT)
