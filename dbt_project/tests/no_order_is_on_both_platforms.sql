-- I11: an order id stands on one platform, and no line of Amazon names an order of TikTok Shop that has lines too.
with shop_orders as (
    select distinct order_id
    from {{ ref('fct_order_lines') }}
    where platform = 'tiktok_shop'
),

amazon_orders as (
    select
        lines.order_id,
        versions.merchant_order_id
    from {{ ref('fct_order_lines') }} as lines
    join {{ ref('base_amazon_seller__order_line_versions') }} as versions
        on versions.conversion_id = lines.conversion_id
    where lines.platform = 'amazon'
)

select distinct amazon_orders.order_id
from amazon_orders
join shop_orders
    on shop_orders.order_id = amazon_orders.order_id
    or shop_orders.order_id = amazon_orders.merchant_order_id
