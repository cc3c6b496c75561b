select
    business_id,
    event_date_source,
    username,
    video_views,
    unique_video_views,
    profile_views,
    likes,
    comments,
    shares,
    bio_link_clicks,
    daily_new_followers as new_followers,
    daily_lost_followers as lost_followers,
    followers_count as followers_when_read,
    videos_count as videos_when_read
from {{ ref('base_tiktok_organic__account_daily') }}
where reject_rule is null
