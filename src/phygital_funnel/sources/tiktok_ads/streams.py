"""What is loaded from the TikTok Marketing API v1.3, with keys and windows (api-contracts 1 and 13)."""

from phygital_funnel.sources.stream import Cadence, Coverage, Meaning, Reread, Stream
from phygital_funnel.sources.tiktok_ads.requests import Listing, Lookup, Report

SOURCE = "tiktok_ads"

ADVERTISERS = Stream(
    SOURCE,
    "advertisers",
    columns=(
        "advertiser_id", "name", "company", "status", "country", "currency", "timezone", "display_timezone", "role",
        "create_time",
    ),
    key=("advertiser_id",),
    coverage=Coverage.SNAPSHOT,
    required=("advertiser_id", "currency", "display_timezone"),
    numbers=("create_time",),
    request=Lookup("/advertiser/info/", "advertiser_ids"),
    meaning=Meaning("ad account"),
)  # fmt: skip

CAMPAIGNS = Stream(
    SOURCE,
    "campaigns",
    columns=(
        "advertiser_id", "campaign_id", "campaign_name", "objective_type", "budget_mode", "budget", "operation_status",
        "secondary_status", "campaign_automation_type", "create_time", "modify_time",
    ),
    key=("campaign_id",),
    coverage=Coverage.SNAPSHOT,
    numbers=("budget",),
    request=Listing("/campaign/get/"),
    meaning=Meaning("campaign", zone="UTC", currency="ad account"),
)  # fmt: skip

AD_GROUPS = Stream(
    SOURCE,
    "ad_groups",
    columns=(
        "advertiser_id", "campaign_id", "adgroup_id", "adgroup_name", "placement_type", "placements",
        "optimization_goal", "billing_event", "budget_mode", "budget", "schedule_type", "schedule_start_time",
        "schedule_end_time", "click_attribution_window", "view_attribution_window", "operation_status",
        "secondary_status", "create_time", "modify_time",
    ),
    key=("adgroup_id",),
    coverage=Coverage.SNAPSHOT,
    numbers=("budget",),
    nested=("placements",),
    request=Listing("/adgroup/get/"),
    meaning=Meaning("ad group", zone="UTC", currency="ad account"),
)  # fmt: skip

ADS = Stream(
    SOURCE,
    "ads",
    columns=(
        "advertiser_id", "campaign_id", "campaign_name", "adgroup_id", "adgroup_name", "ad_id", "ad_name", "ad_text",
        "ad_format", "call_to_action", "landing_page_url", "landing_page_urls", "video_id", "image_ids",
        "identity_type", "identity_id", "tiktok_item_id", "click_tracking_url", "impression_tracking_url",
        "utm_params", "campaign_automation_type", "operation_status", "secondary_status", "create_time", "modify_time",
    ),
    key=("ad_id",),
    coverage=Coverage.SNAPSHOT,
    nested=("landing_page_urls", "image_ids", "utm_params"),
    request=Listing("/ad/get/"),
    meaning=Meaning("ad", zone="UTC"),
)  # fmt: skip

HOURLY_METRICS = (
    "spend", "impressions", "clicks", "video_play_actions", "video_watched_2s", "video_watched_6s", "video_views_p25",
    "video_views_p50", "video_views_p75", "video_views_p100", "likes", "comments", "shares", "follows",
    "profile_visits", "conversion",
)  # fmt: skip
REPORT_METRICS = (
    "spend", "impressions", "clicks", "reach", "video_play_actions", "video_watched_2s", "video_watched_6s",
    "video_views_p25", "video_views_p50", "video_views_p75", "video_views_p100", "average_video_play", "likes",
    "comments", "shares", "follows", "profile_visits", "conversion", "real_time_conversion", "onsite_shopping",
    "total_onsite_shopping_value",
)  # fmt: skip

AD_REPORT_DAILY = Stream(
    SOURCE,
    "ad_report_daily",
    columns=("advertiser_id", "ad_id", "stat_time_day", *REPORT_METRICS),
    key=("advertiser_id", "ad_id", "stat_time_day"),
    coverage=Coverage.WINDOW,
    scope=("stat_time_day",),
    required=("advertiser_id", "ad_id", "stat_time_day", "spend", "impressions"),
    reread=Reread(days=7, weekly_days=28, per_request=30),
    request=Report(("ad_id", "stat_time_day"), REPORT_METRICS),
    meaning=Meaning(
        "ad x day",
        zone="ad account",
        currency="ad account",
        dated_on="ad interaction; real_time_conversion on the conversion",
        not_additive="reach (an estimate of people), average_video_play (a mean)",
    ),
)

AD_REPORT_HOURLY = Stream(
    SOURCE,
    "ad_report_hourly",
    columns=("advertiser_id", "ad_id", "stat_time_hour", *HOURLY_METRICS),
    key=("advertiser_id", "ad_id", "stat_time_hour"),
    coverage=Coverage.WINDOW,
    scope=("stat_time_hour",),
    required=("advertiser_id", "ad_id", "stat_time_hour", "spend", "impressions"),
    reread=Reread(days=2, per_request=1),
    cadence=Cadence.INTRADAY,
    due_days=2,
    request=Report(("ad_id", "stat_time_hour"), HOURLY_METRICS),
    meaning=Meaning(
        "ad x hour",
        zone="ad account (hours without offset)",
        currency="ad account",
        dated_on="ad interaction",
    ),
)

STREAMS = (ADVERTISERS, CAMPAIGNS, AD_GROUPS, ADS, AD_REPORT_DAILY, AD_REPORT_HOURLY)
