with lines as (
    select * from {{ ref('stg_amazon_seller__order_lines') }}
    where order_id not in (select order_id from {{ ref('int_orders__mirrors') }})
),

sizes as (
    select
        order_id,
        count(*) as lines_in_order
    from lines
    group by order_id
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
    sizes.lines_in_order,
    lines.first_known_at
from lines
join sizes
    on sizes.order_id = lines.order_id
left join {{ ref('stg_links__registrations') }} as registrations
    on registrations.order_id = lines.order_id
