select
    advertiser_id,
    ad_id,
    event_date_source,
    spend_minor,
    currency,
    impressions,
    clicks,
    -- Reach comes 16 hours late. Until then the API says 0, which no ad with impressions can have.
    case when reach > 0 or impressions = 0 then reach end as reach,
    video_plays,
    views_2s,
    views_6s,
    likes,
    comments,
    shares,
    follows,
    profile_visits,
    conversions
from {{ ref('base_tiktok_ads__ad_report_daily') }}
where reject_rule is null
