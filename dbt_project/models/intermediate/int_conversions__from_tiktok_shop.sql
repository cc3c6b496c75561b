with lines as (
    select * from {{ ref('stg_tiktok_shop__orders') }}
    where order_origin = 'own_sale'
),

-- An order counts once: its products share it equally, and so do the lines of each product (ledger-rules 16).
products as (
    select
        order_id,
        product_id,
        count(*) as lines_of_product,
        count(*) over (partition by order_id) as products_in_order
    from lines
    group by order_id, product_id
)

select
    lines.conversion_id,
    'tiktok_shop' as platform,
    lines.order_id,
    row_number() over (
        partition by lines.order_id, lines.sku_id
        order by lines.line_item_id
    ) as line_ordinal,
    markets.market,
    lines.product_id as asin,
    lines.seller_sku as sku,
    cast(case when lines.conversion_status = 'cancelled' then 0 else 1 end as bigint) as quantity,
    lines.currency,
    lines.original_price_minor as gross_amount_minor,
    lines.seller_discount_minor as discount_minor,
    lines.tax_minor,
    lines.net_amount_minor as sale_minor,
    case when lines.net_amount_minor is not null then lines.sale_price_minor end as paid_minor,
    lines.conversion_status,
    -- TikTok's number of the buyer is known nowhere else: no journey leads to it.
    cast(null as {{ dbt.type_string() }}) as journey_key,
    cast(null as {{ dbt.type_string() }}) as promotion_ids,
    lines.created_at as converted_at,
    products.products_in_order * products.lines_of_product as order_parts,
    lines.first_known_at
from lines
join products
    on products.order_id = lines.order_id
    -- Lines without a product are one product of their order.
    and products.product_id is not distinct from lines.product_id
left join {{ ref('int_accounts__markets') }} as markets
    on markets.platform = 'tiktok_shop'
    and markets.account_id = lines.shop_id
