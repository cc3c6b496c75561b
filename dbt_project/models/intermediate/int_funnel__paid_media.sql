select
    coalesce(ads.market, accounts.market) as market,
    ads.campaign_id,
    ads.content_id,
    reports.event_date_source as event_date,
    reports.currency,
    coalesce(reports.impressions, 0) as impressions,
    coalesce(reports.views_2s, 0) as views_2s,
    coalesce(reports.views_6s, 0) as views_6s,
    coalesce(reports.likes, 0) + coalesce(reports.comments, 0) + coalesce(reports.shares, 0)
        + coalesce(reports.follows, 0) as engagements,
    coalesce(reports.clicks, 0) as destination_clicks,
    cast(0 as bigint) as detail_page_views,
    cast(0 as bigint) as add_to_carts,
    cast(0 as bigint) as order_micro,
    cast(0 as bigint) as retained_order_micro,
    coalesce(reports.spend_minor, 0) as spend_minor,
    cast(0 as bigint) as attributed_net_minor
from {{ ref('stg_tiktok_ads__ad_report_daily') }} as reports
left join {{ ref('int_ads__placed') }} as ads
    on ads.ad_id = reports.ad_id
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_ads'
    and accounts.account_id = reports.advertiser_id
