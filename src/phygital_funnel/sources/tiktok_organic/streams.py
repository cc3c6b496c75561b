"""What is loaded from the TikTok Accounts API v1.3, with keys and windows (api-contracts 2.1 and 13)."""

from phygital_funnel.sources.stream import Coverage, Meaning, Reread, Stream
from phygital_funnel.sources.tiktok_organic.requests import Posts, Profile

SOURCE = "tiktok_organic"

VIDEO_COUNTERS = ("likes", "comments", "shares", "favorites", "video_views", "profile_views", "new_followers")
# TikTok leaves these out once nobody has watched the post for seven days.
FADING_NUMBERS = ("reach", "total_time_watched", "average_time_watched", "full_video_watched_rate")
FADING_LISTS = ("impression_sources", "video_view_retention", "audience_countries")
VIDEO_FIELDS = (
    "item_id", "create_time", "caption", "share_url", "embed_url", "thumbnail_url", "media_type", "is_ad",
    "video_duration", *VIDEO_COUNTERS, *FADING_NUMBERS, *FADING_LISTS,
)  # fmt: skip

VIDEOS = Stream(
    SOURCE,
    "videos",
    columns=("business_id", "snapshot_date", *VIDEO_FIELDS),
    key=("item_id", "snapshot_date"),
    coverage=Coverage.WINDOW,
    scope=("snapshot_date",),
    required=("business_id", "item_id", "snapshot_date", "create_time", "video_views"),
    numbers=("video_duration", *VIDEO_COUNTERS, *FADING_NUMBERS),
    flags=("is_ad",),
    nested=FADING_LISTS,
    request=Posts("/business/video/list/", VIDEO_FIELDS),
    meaning=Meaning(
        "post x day of the snapshot",
        zone="UTC",
        dated_on="the snapshot; counters are of the post's whole life, 24 to 48 hours late",
        not_additive="every counter (lifetime to date; take differences of days), reach and the averages (never)",
    ),
)

DAILY_FIELDS = (
    "video_views", "unique_video_views", "profile_views", "likes", "comments", "shares", "bio_link_clicks",
    "daily_new_followers", "daily_lost_followers",
)  # fmt: skip
PROFILE_COUNTERS = ("followers_count", "following_count", "total_likes", "videos_count")
PROFILE_FIELDS = ("username", "display_name", "is_business_account", *PROFILE_COUNTERS)

ACCOUNT_DAILY = Stream(
    SOURCE,
    "account_daily",
    columns=("business_id", "date", *DAILY_FIELDS, "audience_activity", *PROFILE_FIELDS),
    key=("business_id", "date"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=("business_id", "date", "video_views"),
    numbers=(*DAILY_FIELDS, *PROFILE_COUNTERS),
    flags=("is_business_account",),
    nested=("audience_activity",),
    reread=Reread(days=7, history_days=60),
    request=Profile("/business/get/", (*PROFILE_FIELDS, *DAILY_FIELDS, "audience_activity")),
    meaning=Meaning(
        "account x day",
        zone="UTC",
        dated_on="the interaction; the profile's counters are of the moment of the extraction",
        not_additive="unique_video_views (people), the profile's counters (states, not flows); "
        "video_views holds the paid ones too",
    ),
)

STREAMS = (VIDEOS, ACCOUNT_DAILY)
