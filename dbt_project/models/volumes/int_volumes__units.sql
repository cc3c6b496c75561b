-- Ads and posts, so that a fall is not laid on the platform when somebody switched an ad off or took a post down.
select
    'tiktok_ads' as source,
    report.advertiser_id as account,
    report.ad_id as unit_id,
    report.event_date_source as event_date,
    report.impressions as events,
    coalesce(ads.operation_status <> 'ENABLE' or ad_groups.operation_status <> 'ENABLE', false) as is_stopped
from {{ ref('stg_tiktok_ads__ad_report_daily') }} as report
left join {{ ref('stg_tiktok_ads__ads') }} as ads
    on ads.ad_id = report.ad_id
left join {{ ref('stg_tiktok_ads__ad_groups') }} as ad_groups
    on ad_groups.ad_group_id = ads.ad_group_id
union all
select
    'tiktok_organic' as source,
    post_days.business_id as account,
    post_days.item_id as unit_id,
    post_days.event_date,
    post_days.views_gained as events,
    max(post_days.event_date) over (partition by post_days.business_id, post_days.item_id)
    < max(post_days.event_date) over (partition by post_days.business_id) as is_stopped
from {{ ref('int_volumes__post_days') }} as post_days
