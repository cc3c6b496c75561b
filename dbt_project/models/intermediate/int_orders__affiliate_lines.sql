-- TikTok names the creator per order and product, with a quantity; lines are units. Units go to the rows in order.
with named as (
    select
        order_id,
        sku_id,
        creator_username,
        content_type,
        content_id,
        quantity,
        currency,
        estimated_commission_minor,
        actual_commission_minor,
        settlement_status,
        cast(sum(quantity) over (
            partition by order_id, sku_id
            order by line_ordinal, creator_username, coalesce(content_id, '')
            rows between unbounded preceding and current row
        ) as bigint) as units_upto
    from {{ ref('stg_tiktok_shop__affiliate_orders') }}
    where quantity > 0
),

units as (
    select
        conversion_id,
        order_id,
        sku_id,
        row_number() over (
            partition by order_id, sku_id
            order by line_item_id
        ) as unit
    from {{ ref('stg_tiktok_shop__orders') }}
    where order_origin = 'own_sale'
),

-- `place` numbers the units of a row, from 1.
placed as (
    select
        units.conversion_id,
        named.*,
        units.unit - named.units_upto + named.quantity as place
    from units
    join named
        on named.order_id = units.order_id
        and named.sku_id = units.sku_id
        and units.unit <= named.units_upto
        and units.unit > named.units_upto - named.quantity
)

select
    placed.conversion_id,
    placed.creator_username,
    -- An affiliate of another handle than the list's is known by the post that sold.
    coalesce(by_handle.creator_id, by_content.creator_id) as creator_id,
    placed.content_type,
    placed.content_id,
    placed.currency,
    placed.settlement_status,
    -- The row's amounts are for all its units: each takes the difference of two floors, so that they add up.
    {{ mul_div('estimated_commission_minor', 'place', 'quantity') }}
    - {{ mul_div('estimated_commission_minor', '(place - 1)', 'quantity') }} as estimated_commission_minor,
    {{ mul_div('actual_commission_minor', 'place', 'quantity') }}
    - {{ mul_div('actual_commission_minor', '(place - 1)', 'quantity') }} as actual_commission_minor
from placed
left join {{ ref('int_creators__by_handle') }} as by_handle
    on by_handle.handle = lower(placed.creator_username)
left join {{ ref('int_creators__by_content') }} as by_content
    on by_content.content_id = placed.content_id
