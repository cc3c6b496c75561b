select
    advertiser_id,
    ad_id,
    event_hour_utc,
    event_date_source,
    event_hour_source,
    spend_minor,
    currency,
    impressions,
    clicks,
    video_plays,
    views_2s,
    views_6s,
    likes,
    comments,
    shares,
    follows,
    profile_visits,
    conversions
from {{ ref('base_tiktok_ads__ad_report_hourly') }}
where reject_rule is null
