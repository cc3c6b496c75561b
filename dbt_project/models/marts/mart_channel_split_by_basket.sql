-- Credit that rests on cells says nothing about a basket, so only rows of resolution `line` count (ledger-rules 15).
with linked as (
    select
        conversion_id,
        sum(credit_micro) as credit_micro
    from {{ ref('fct_attribution_credit') }}
    where attribution_model = '{{ var("headline_model") }}'
        and credit_resolution = 'line'
        and channel like 'tiktok%'
    group by conversion_id
),

lines as (
    select
        lines.platform,
        lines.market,
        {{ start_of('week', 'lines.event_date_market') }} as week_start,
        coalesce(listings.category, 'unknown') as category,
        baskets.basket_band,
        lines.order_parts,
        {{ is_retained('lines.conversion_status') }} as is_retained,
        coalesce(linked.credit_micro, 0) as credit_micro
    from {{ ref('fct_order_lines') }} as lines
    join {{ ref('int_baskets__orders') }} as baskets
        on baskets.platform = lines.platform
        and baskets.order_id = lines.order_id
        and baskets.market is not distinct from lines.market
    left join {{ ref('int_listings__categories') }} as listings
        on listings.market = lines.market
        and listings.sku = lines.sku
    left join linked
        on linked.conversion_id = lines.conversion_id
    where lines.platform in ('amazon', 'tiktok_shop')
),

-- Each line stands for its part of its order, rounded to a millionth of an order.
shares as (
    select
        platform,
        market,
        week_start,
        category,
        basket_band,
        is_retained,
        {{ mul_div_half_even('count(*) * 1000000', '1', 'order_parts') }} as order_micro,
        {{ mul_div_half_even('sum(credit_micro)', '1', 'order_parts') }} as linked_order_micro
    from lines
    group by platform, market, week_start, category, basket_band, order_parts, is_retained
)

select
    market,
    category,
    basket_band,
    week_start,
    {{ from_micro("coalesce(sum(case when platform = 'amazon' then order_micro end), 0)") }} as amazon_orders,
    {{ from_micro("coalesce(sum(case when platform = 'tiktok_shop' then order_micro end), 0)") }} as shop_orders,
    {{ from_micro("coalesce(sum(case when platform = 'amazon' and is_retained then order_micro end), 0)") }}
        as amazon_retained_orders,
    {{ from_micro("coalesce(sum(case when platform = 'tiktok_shop' and is_retained then order_micro end), 0)") }}
        as shop_retained_orders,
    {{ from_micro("coalesce(sum(case when platform = 'amazon' then linked_order_micro end), 0)") }}
        as amazon_linked_orders,
    {{ from_micro("coalesce(sum(case when platform = 'tiktok_shop' then linked_order_micro end), 0)") }}
        as shop_linked_orders
from shares
group by market, category, basket_band, week_start
