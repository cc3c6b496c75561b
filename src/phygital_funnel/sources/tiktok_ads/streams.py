"""What is loaded from the TikTok Marketing API v1.3, with keys and windows (api-contracts 1 and 13)."""

from phygital_funnel.sources.stream import Coverage, Stream

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
)  # fmt: skip

AD_GROUPS = Stream(
    SOURCE,
    "ad_groups",
    columns=(
        "advertiser_id", "campaign_id", "adgroup_id", "adgroup_name", "placement_type", "placements",
        "optimization_goal", "billing_event", "budget_mode", "budget", "schedule_type", "schedule_start_time",
        "schedule_end_time", "operation_status", "secondary_status", "create_time", "modify_time",
    ),
    key=("adgroup_id",),
    coverage=Coverage.SNAPSHOT,
)  # fmt: skip

ADS = Stream(
    SOURCE,
    "ads",
    columns=(
        "advertiser_id", "campaign_id", "campaign_name", "adgroup_id", "adgroup_name", "ad_id", "ad_name", "ad_text",
        "ad_format", "call_to_action", "landing_page_url", "video_id", "identity_type", "identity_id",
        "tiktok_item_id", "operation_status", "secondary_status", "create_time", "modify_time",
    ),
    key=("ad_id",),
    coverage=Coverage.SNAPSHOT,
)  # fmt: skip

REPORT_METRICS = (
    "spend", "impressions", "clicks", "reach", "video_play_actions", "video_watched_2s", "video_watched_6s",
    "video_views_p25", "video_views_p50", "video_views_p75", "video_views_p100", "average_video_play", "likes",
    "comments", "shares", "follows", "profile_visits", "conversion",
)  # fmt: skip

AD_REPORT_DAILY = Stream(
    SOURCE,
    "ad_report_daily",
    columns=("advertiser_id", "ad_id", "stat_time_day", *REPORT_METRICS),
    key=("advertiser_id", "ad_id", "stat_time_day"),
    coverage=Coverage.WINDOW,
    scope=("stat_time_day",),
    required=("advertiser_id", "ad_id", "stat_time_day", "spend", "impressions"),
    reread_days=28,
)

STREAMS = (ADVERTISERS, CAMPAIGNS, AD_GROUPS, ADS, AD_REPORT_DAILY)
