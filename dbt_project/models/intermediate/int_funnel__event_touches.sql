select
    touches.market,
    touches.campaign_id,
    touches.content_id,
    coalesce(
        {{ date_in_zone('touches.occurred_at', 'markets.time_zone') }},
        cast(touches.occurred_at as date)
    ) as event_date,
    markets.currency,
    cast(case when touch_type = 'impression' then 1 end as bigint) as impressions,
    cast(case when touch_type = 'view_2s' then 1 end as bigint) as views_2s,
    cast(case when touch_type = 'view_6s' then 1 end as bigint) as views_6s,
    cast(case when touch_type = 'engagement' then 1 end as bigint) as engagements,
    cast(case when touch_type = 'click' then 1 end as bigint) as destination_clicks,
    cast(null as bigint) as amazon_clicks,
    cast(null as bigint) as shop_clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    cast(null as bigint) as order_micro,
    cast(null as bigint) as retained_order_micro,
    cast(null as bigint) as spend_minor,
    cast(null as bigint) as attributed_net_minor
from {{ ref('stg_events__touchpoints') }} as touches
left join {{ ref('stg_reference__markets') }} as markets
    on markets.market = touches.market
