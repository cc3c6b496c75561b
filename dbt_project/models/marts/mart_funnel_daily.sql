with stages as (
    select * from {{ ref('int_funnel__paid_media') }}
    union all
    select * from {{ ref('int_funnel__creator_clicks') }}
    union all
    select * from {{ ref('int_funnel__event_touches') }}
    union all
    select * from {{ ref('int_funnel__product_pages') }}
    union all
    select * from {{ ref('int_funnel__orders') }}
),

-- What a source does not measure stays NULL; the ledger covers every row, so its zeros are zeros.
summed as (
    select
        market,
        campaign_id,
        content_id,
        event_date,
        currency,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(views_2s) as bigint) as views_2s,
        cast(sum(views_6s) as bigint) as views_6s,
        cast(sum(engagements) as bigint) as engagements,
        cast(sum(destination_clicks) as bigint) as destination_clicks,
        cast(sum(amazon_clicks) as bigint) as amazon_clicks,
        cast(sum(shop_clicks) as bigint) as shop_clicks,
        cast(sum(detail_page_views) as bigint) as detail_page_views,
        cast(sum(add_to_carts) as bigint) as add_to_carts,
        cast(coalesce(sum(order_micro), 0) as bigint) as order_micro,
        cast(coalesce(sum(retained_order_micro), 0) as bigint) as retained_order_micro,
        cast(sum(spend_minor) as bigint) as spend_minor,
        cast(coalesce(sum(attributed_net_minor), 0) as bigint) as attributed_net_minor
    from stages
    group by market, campaign_id, content_id, event_date, currency
)

select
    summed.market,
    summed.campaign_id,
    campaigns.campaign_name,
    summed.content_id,
    summed.event_date,
    summed.currency,
    summed.impressions,
    summed.views_2s,
    summed.views_6s,
    summed.engagements,
    summed.destination_clicks,
    summed.amazon_clicks,
    summed.shop_clicks,
    summed.detail_page_views,
    summed.add_to_carts,
    cast(summed.order_micro * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)) as orders,
    cast(summed.retained_order_micro * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)) as retained_orders,
    summed.spend_minor,
    summed.attributed_net_minor
from summed
left join {{ ref('dim_campaigns') }} as campaigns
    on campaigns.campaign_id = summed.campaign_id
