select
    business_id,
    item_id,
    snapshot_date,
    published_at,
    caption,
    share_url,
    media_type,
    is_ad,
    cast(round(video_duration * 1000) as bigint) as duration_ms,
    video_views,
    likes,
    comments,
    shares,
    favorites,
    profile_views,
    new_followers,
    reach,
    cast(round(total_time_watched * 1000) as bigint) as watched_ms,
    cast(round(average_time_watched * 1000) as bigint) as average_watched_ms,
    full_video_watched_rate
from {{ ref('base_tiktok_organic__videos') }}
where reject_rule is null
