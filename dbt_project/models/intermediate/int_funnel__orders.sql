select
    market,
    campaign_id,
    content_id,
    event_date_market as event_date,
    currency,
    cast(null as bigint) as impressions,
    cast(null as bigint) as views_2s,
    cast(null as bigint) as views_6s,
    cast(null as bigint) as engagements,
    cast(null as bigint) as destination_clicks,
    cast(null as bigint) as amazon_clicks,
    cast(null as bigint) as shop_clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    order_micro as order_micro,
    retained_order_micro as retained_order_micro,
    cast(null as bigint) as spend_minor,
    attributed_amount_minor as attributed_net_minor
from {{ ref('int_attribution__order_credit') }}
where attribution_model = '{{ var("headline_model") }}' and evidence <> 'unattributed'
