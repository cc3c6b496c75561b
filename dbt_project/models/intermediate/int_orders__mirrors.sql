-- Amazon's warehouses also ship orders of TikTok Shop, and name them.
-- Such a row is no second sale, whatever its sales channel says.
with shop_orders as (
    select distinct order_id
    from {{ ref('base_tiktok_shop__order_versions') }}
    where reject_rule is null
),

named as (
    select
        order_id,
        merchant_order_id as shop_order_id
    from {{ ref('base_amazon_seller__order_line_versions') }}
    where order_id is not null and merchant_order_id is not null
    union all
    -- An order that came in under the Shop's own number.
    select
        order_id,
        order_id as shop_order_id
    from {{ ref('base_amazon_seller__order_line_versions') }}
    where order_id is not null
)

select distinct
    named.order_id,
    named.shop_order_id
from named
join shop_orders
    on shop_orders.order_id = named.shop_order_id
