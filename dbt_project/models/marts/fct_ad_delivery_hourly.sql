select
    reports.ad_id,
    reports.event_hour_utc,
    cast(reports.event_hour_utc as date) as event_date_utc,
    coalesce(
        {{ date_in_zone('reports.event_hour_utc', 'markets.time_zone') }},
        cast(reports.event_hour_utc as date)
    ) as event_date_market,
    reports.event_date_source,
    reports.advertiser_id,
    ads.campaign_id,
    ads.ad_group_id,
    ads.content_id,
    coalesce(ads.market, accounts.market) as market,
    ads.destination_platform,
    reports.spend_minor,
    reports.currency,
    reports.impressions,
    reports.clicks as destination_clicks,
    reports.video_plays,
    reports.views_2s,
    reports.views_6s,
    reports.likes,
    reports.comments,
    reports.shares,
    reports.follows,
    reports.profile_visits
from {{ ref('stg_tiktok_ads__ad_report_hourly') }} as reports
left join {{ ref('int_ads__placed') }} as ads
    on ads.ad_id = reports.ad_id
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_ads'
    and accounts.account_id = reports.advertiser_id
left join {{ ref('stg_reference__markets') }} as markets
    on markets.market = coalesce(ads.market, accounts.market)
