select
    coalesce(ads.market, accounts.market) as market,
    ads.campaign_id,
    ads.content_id,
    reports.event_date_source as event_date,
    reports.currency,
    reports.impressions,
    reports.views_2s,
    reports.views_6s,
    case
        when coalesce(reports.likes, reports.comments, reports.shares, reports.follows) is not null
            then coalesce(reports.likes, 0) + coalesce(reports.comments, 0) + coalesce(reports.shares, 0)
                + coalesce(reports.follows, 0)
    end as engagements,
    reports.clicks as destination_clicks,
    case when ads.destination_platform = 'amazon' then reports.clicks end as amazon_clicks,
    case when ads.destination_platform = 'tiktok_shop' then reports.clicks end as shop_clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    cast(null as bigint) as order_micro,
    cast(null as bigint) as retained_order_micro,
    reports.spend_minor,
    cast(null as bigint) as attributed_net_minor
from {{ ref('stg_tiktok_ads__ad_report_daily') }} as reports
left join {{ ref('int_ads__placed') }} as ads
    on ads.ad_id = reports.ad_id
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_ads'
    and accounts.account_id = reports.advertiser_id
