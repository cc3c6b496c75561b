-- Ads and posts, so that a fall is not laid on the platform when somebody switched an ad off or took a post down. A
-- post that an ad shows is two units: its account's views fall when the ad ends, though the post is still there.
with shown as (
    select
        report.advertiser_id,
        report.ad_id,
        report.event_date_source as event_date,
        report.impressions,
        report.video_plays,
        ads.content_id,
        coalesce(ads.operation_status <> 'ENABLE' or ad_groups.operation_status <> 'ENABLE', false) as is_stopped
    from {{ ref('stg_tiktok_ads__ad_report_daily') }} as report
    left join {{ ref('stg_tiktok_ads__ads') }} as ads
        on ads.ad_id = report.ad_id
    left join {{ ref('stg_tiktok_ads__ad_groups') }} as ad_groups
        on ad_groups.ad_group_id = ads.ad_group_id
),

of_posts as (
    select
        posts.business_id,
        posts.item_id,
        shown.ad_id,
        shown.event_date,
        coalesce(shown.video_plays, 0) as views,
        shown.is_stopped
    from shown
    join {{ ref('int_volumes__post_days') }} as posts
        on posts.item_id = shown.content_id
        and posts.event_date = shown.event_date
),

paid_views as (
    select
        item_id,
        event_date,
        sum(views) as views
    from of_posts
    group by item_id, event_date
)

select
    'tiktok_ads' as source,
    advertiser_id as account,
    ad_id as unit_id,
    event_date,
    impressions as events,
    is_stopped
from shown
union all
select
    'tiktok_organic' as source,
    business_id as account,
    ad_id as unit_id,
    event_date,
    views as events,
    is_stopped
from of_posts
union all
select
    'tiktok_organic' as source,
    post_days.business_id as account,
    post_days.item_id as unit_id,
    post_days.event_date,
    greatest(0, post_days.views_gained - coalesce(paid_views.views, 0)) as events,
    max(post_days.event_date) over (partition by post_days.business_id, post_days.item_id)
    < max(post_days.event_date) over (partition by post_days.business_id) as is_stopped
from {{ ref('int_volumes__post_days') }} as post_days
left join paid_views
    on paid_views.item_id = post_days.item_id
    and paid_views.event_date = post_days.event_date
