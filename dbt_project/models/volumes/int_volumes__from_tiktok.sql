select
    {{ volume_of('tiktok_ads', 'ad_report_daily', 'impressions', 3) }},
    advertiser_id as account,
    event_date_source as event_date,
    sum(impressions) as value,
    sum(impressions) as events
from {{ ref('stg_tiktok_ads__ad_report_daily') }}
group by advertiser_id, event_date_source
union all
select
    {{ volume_of('tiktok_ads', 'ad_report_daily', 'video_plays', 3, is_views=true) }},
    advertiser_id as account,
    event_date_source as event_date,
    sum(video_plays) as value,
    sum(video_plays) as events
from {{ ref('stg_tiktok_ads__ad_report_daily') }}
group by advertiser_id, event_date_source
union all
select
    {{ volume_of('tiktok_ads', 'ad_report_daily', 'clicks', 3) }},
    advertiser_id as account,
    event_date_source as event_date,
    sum(clicks) as value,
    sum(clicks) as events
from {{ ref('stg_tiktok_ads__ad_report_daily') }}
group by advertiser_id, event_date_source
union all
select
    {{ volume_of('tiktok_ads', 'ad_report_daily', 'spend_minor', 3) }},
    advertiser_id as account,
    event_date_source as event_date,
    sum(spend_minor) as value,
    sum(impressions) as events
from {{ ref('stg_tiktok_ads__ad_report_daily') }}
group by advertiser_id, event_date_source
union all
select
    {{ volume_of('tiktok_ads', 'ad_report_hourly', 'video_plays', 2, is_views=true) }},
    advertiser_id as account,
    event_date_source as event_date,
    sum(video_plays) as value,
    sum(video_plays) as events
from {{ ref('stg_tiktok_ads__ad_report_hourly') }}
group by advertiser_id, event_date_source
union all
select
    {{ volume_of('tiktok_organic', 'account_daily', 'video_views', 3, is_views=true) }},
    business_id as account,
    event_date_source as event_date,
    sum(video_views) as value,
    sum(video_views) as events
from {{ ref('stg_tiktok_organic__account_daily') }}
group by business_id, event_date_source
union all
select
    {{ volume_of('tiktok_organic', 'videos', 'views_gained', 3, is_views=true) }},
    business_id as account,
    event_date,
    sum(views_gained) as value,
    sum(views_gained) as events
from {{ ref('int_volumes__post_days') }}
group by business_id, event_date
union all
select
    {{ volume_of('tiktok_shop', 'orders', 'orders', 2) }},
    shop_id as account,
    cast(created_at as date) as event_date,
    count(distinct order_id) as value,
    count(distinct order_id) as events
from {{ ref('stg_tiktok_shop__orders') }}
group by shop_id, cast(created_at as date)
union all
select
    {{ volume_of('tiktok_shop', 'orders', 'sales_minor', 2) }},
    shop_id as account,
    cast(created_at as date) as event_date,
    sum(sale_price_minor) as value,
    count(distinct order_id) as events
from {{ ref('stg_tiktok_shop__orders') }}
group by shop_id, cast(created_at as date)
union all
select
    {{ volume_of('tiktok_shop', 'affiliate_orders', 'rows', 2) }},
    shop_id as account,
    event_date_source as event_date,
    count(*) as value,
    count(*) as events
from {{ ref('stg_tiktok_shop__affiliate_orders') }}
group by shop_id, event_date_source
