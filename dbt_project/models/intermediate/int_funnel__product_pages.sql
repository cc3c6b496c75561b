-- Creatives where they are visible; what the campaign has beyond them keeps the content unknown. Masked is NULL.
with visible as (
    select
        creative.profile_id,
        creative.campaign_id,
        creative.event_date_source,
        creative.currency,
        ads.content_id,
        creative.detail_page_views,
        creative.add_to_carts
    from {{ ref('stg_amazon_attribution__performance') }} as creative
    join {{ ref('stg_amazon_attribution__performance') }} as campaign
        on campaign.report_level = 'CAMPAIGN'
        and campaign.profile_id = creative.profile_id
        and campaign.campaign_id = creative.campaign_id
        and campaign.event_date_source = creative.event_date_source
    left join {{ ref('int_ads__placed') }} as ads
        on ads.ad_id = creative.creative_id
    where creative.report_level = 'CREATIVE'
),

masked as (
    select
        profile_id,
        campaign_id,
        event_date_source,
        currency,
        cast(null as {{ dbt.type_string() }}) as content_id,
        detail_page_views,
        add_to_carts
    from {{ ref('stg_amazon_attribution__performance') }}
    where report_level = 'CAMPAIGN'
    union all
    select
        profile_id,
        campaign_id,
        event_date_source,
        currency,
        cast(null as {{ dbt.type_string() }}) as content_id,
        -detail_page_views as detail_page_views,
        -add_to_carts as add_to_carts
    from visible
),

pages as (
    select * from visible
    union all
    select * from masked
)

select
    accounts.market,
    pages.campaign_id,
    pages.content_id,
    pages.event_date_source as event_date,
    pages.currency,
    cast(null as bigint) as impressions,
    cast(null as bigint) as views_2s,
    cast(null as bigint) as views_6s,
    cast(null as bigint) as engagements,
    cast(null as bigint) as destination_clicks,
    cast(null as bigint) as amazon_clicks,
    cast(null as bigint) as shop_clicks,
    pages.detail_page_views as detail_page_views,
    pages.add_to_carts as add_to_carts,
    cast(null as bigint) as order_micro,
    cast(null as bigint) as retained_order_micro,
    cast(null as bigint) as spend_minor,
    cast(null as bigint) as attributed_net_minor
from pages
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'amazon_attribution'
    and accounts.account_id = pages.profile_id
