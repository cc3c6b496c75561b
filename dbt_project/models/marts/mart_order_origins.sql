with amazon as (
    select
        'amazon' as platform,
        market,
        order_id,
        case
            when reject_rule = 'non_amazon' then 'other_channel'
            when order_id in (select order_id from {{ ref('int_orders__mirrors') }}) then 'shipped_for_tiktok_shop'
            else 'own_sale'
        end as origin,
        order_id in (select order_id from {{ ref('int_orders__mirrors') }}) as names_shop_order
    from {{ ref('base_amazon_seller__order_lines') }}
    where reject_rule is null or reject_rule = 'non_amazon'
),

tiktok_shop as (
    select
        'tiktok_shop' as platform,
        accounts.market,
        orders.order_id,
        orders.order_origin as origin,
        false as names_shop_order
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'tiktok_shop'
        and accounts.account_id = orders.shop_id
),

found as (
    select * from amazon
    union all
    select * from tiktok_shop
)

select
    platform,
    market,
    origin,
    origin = 'own_sale' as is_in_ledger,
    count(distinct order_id) as orders,
    count(*) as lines,
    count(distinct case when names_shop_order then order_id end) as orders_of_tiktok_shop
from found
group by platform, market, origin
