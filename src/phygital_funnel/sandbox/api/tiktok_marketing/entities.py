"""TikTok's account, campaign, ad group and ad objects as they stand at a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import BRAND, MARKETS

REDIRECTOR = "https://go.example-brand.test/r"
_ID_COLUMNS = {"campaigns": "campaign_id", "ad_groups": "adgroup_id", "ads": "ad_id"}
_ID_FILTERS = {"campaign_ids": "campaign_id", "adgroup_ids": "adgroup_id", "ad_ids": "ad_id"}
_FAR_FUTURE_YEARS = 10


class Entities:
    """The objects of every advertiser."""

    def __init__(self, world: World) -> None:
        rows = world["ads"].to_pylist()
        self.ads: dict[str, dict[str, Any]] = {row["ad_id"]: row for row in rows}
        self._rows = {
            kind: list({row[column]: row for row in reversed(rows)}.values()) for kind, column in _ID_COLUMNS.items()
        }
        self._markets = {market.advertiser_id: market for market in MARKETS}

    def knows(self, advertiser_id: str) -> bool:
        """Whether the token may see the advertiser."""
        return advertiser_id in self._markets

    def is_deleted(self, ad: dict[str, Any], now: datetime) -> bool:
        """Whether an ad has been deleted."""
        return ad["deleted_at"] is not None and ad["deleted_at"] <= now

    def advertiser(self, advertiser_id: str) -> dict[str, Any]:
        """What advertiser/info tells."""
        market = self._markets[advertiser_id]
        return {
            "advertiser_id": advertiser_id,
            "name": f"{BRAND} {market.code}",
            "company": f"{BRAND} LLC",
            "status": "STATUS_ENABLE",
            "country": market.country,
            "currency": market.currency,
            "timezone": market.advertiser_posix,
            "display_timezone": market.advertiser_timezone,
            "role": "ROLE_ADVERTISER",
            "balance": 1000.0,
            "create_time": 1704067200,
            "owner_bc_id": "7000000000000000009",
        }

    def listing(self, kind: str, advertiser_id: str, filtering: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
        """Objects of one kind, newest id first; deleted ones only when STATUS_ALL is asked for."""
        wire: Callable[[dict[str, Any], datetime], dict[str, Any]]
        wire = {"campaigns": self._campaign, "ad_groups": self._ad_group, "ads": self._ad}[kind]
        chosen = {column: filtering[name] for name, column in _ID_FILTERS.items() if name in filtering}
        shows_all = filtering.get("primary_status") == "STATUS_ALL"
        rows = [
            row
            for row in self._rows[kind]
            if row["advertiser_id"] == advertiser_id
            and row["created_at"] <= now
            and (kind != "ads" or shows_all or not self.is_deleted(row, now))
            and all(row[column] in values for column, values in chosen.items())
        ]
        return [wire(row, now) for row in sorted(rows, key=lambda row: row[_ID_COLUMNS[kind]], reverse=True)]

    def _campaign(self, row: dict[str, Any], now: datetime) -> dict[str, Any]:
        return {
            "advertiser_id": row["advertiser_id"],
            "campaign_id": row["campaign_id"],
            "campaign_name": row["campaign_name"],
            "objective_type": "TRAFFIC",
            "budget_mode": "BUDGET_MODE_DAY",
            "budget": row["daily_budget_minor"] / 100,
            "operation_status": "ENABLE",
            "secondary_status": "CAMPAIGN_STATUS_ENABLE",
            "campaign_automation_type": "MANUAL",
            **_times(row["created_at"], row["created_at"]),
        }

    def _ad_group(self, row: dict[str, Any], now: datetime) -> dict[str, Any]:
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
            "schedule_start_time": _wire_time(starts),
            "schedule_end_time": _wire_time(starts.replace(year=starts.year + _FAR_FUTURE_YEARS)),
            "operation_status": "ENABLE",
            "secondary_status": "ADGROUP_STATUS_DELIVERY_OK",
            **_times(starts, starts),
        }

    def _ad(self, row: dict[str, Any], now: datetime) -> dict[str, Any]:
        is_deleted = self.is_deleted(row, now)
        macros = "c=__CAMPAIGN_ID__&g=__AID__&a=__CID__&p=__PLACEMENT__&clk=__CALLBACK_PARAM__"
        return {
            **{
                name: row[name]
                for name in (
                    "advertiser_id", "campaign_id", "campaign_name", "adgroup_id", "adgroup_name", "ad_id", "ad_name",
                    "ad_text",
                )
            },
            "ad_format": "SINGLE_VIDEO",
            "call_to_action": "SHOP_NOW",
            "landing_page_url": f"{REDIRECTOR}/{row['asin'].lower()}?{macros}",
            "landing_page_urls": None,
            "video_id": f"v10033g50000{row['video_id']}",
            "image_ids": [f"ad-site-i18n-sg/{row['ad_id']}"],
            "identity_type": "AUTH_CODE" if row["is_spark"] else "CUSTOMIZED_USER",
            "identity_id": f"sbx-{row['creator_id']}",
            "tiktok_item_id": row["video_id"] if row["is_spark"] else None,
            "utm_params": [],
            "click_tracking_url": None,
            "impression_tracking_url": None,
            "is_aco": False,
            "campaign_automation_type": "MANUAL",
            "operation_status": "DELETE" if is_deleted else "ENABLE",
            "secondary_status": "AD_STATUS_DELETE" if is_deleted else "AD_STATUS_DELIVERY_OK",
            **_times(row["created_at"], row["deleted_at"] if is_deleted else row["created_at"]),
        }  # fmt: skip


def _times(created_at: datetime, modified_at: datetime) -> dict[str, str]:
    return {"create_time": _wire_time(created_at), "modify_time": _wire_time(modified_at)}


def _wire_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
