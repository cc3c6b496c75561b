with lines as (
    select * from {{ ref('stg_amazon_seller__order_lines') }}
    where order_id not in (select order_id from {{ ref('int_orders__mirrors') }})
),

-- An order counts once: its products share it equally, and so do the lines of each product (ledger-rules 16).
products as (
    select
        order_id,
        asin,
        count(*) as lines_of_product,
        count(*) over (partition by order_id) as products_in_order
    from lines
    group by order_id, asin
)

select
    lines.conversion_id,
    'amazon' as platform,
    lines.order_id,
    lines.line_ordinal,
    lines.market,
    lines.asin,
    lines.sku,
    lines.quantity,
    lines.currency,
    lines.gross_amount_minor,
    lines.discount_minor,
    lines.tax_minor,
    lines.net_amount_minor as sale_minor,
    lines.net_amount_minor as paid_minor,
    lines.conversion_status,
    -- The prefix keeps hashed persons apart from whatever keys event files use.
    case
        when registrations.person_hash is not null
            then concat('person:', registrations.person_hash)
    end as journey_key,
    lines.promotion_ids,
    lines.purchased_at as converted_at,
    products.products_in_order * products.lines_of_product as order_parts,
    lines.first_known_at
from lines
join products
    on products.order_id = lines.order_id
    -- Lines without a product are one product of their order.
    and products.asin is not distinct from lines.asin
left join {{ ref('stg_links__registrations') }} as registrations
    on registrations.order_id = lines.order_id
