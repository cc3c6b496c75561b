with unified as (
    select * from {{ ref('int_conversions__from_amazon') }}
    union all
    select * from {{ ref('int_conversions__from_tiktok_shop') }}
    union all
    select * from {{ ref('int_conversions__from_events') }}
),

returned as (
    select
        unified.*,
        coalesce(refunded.refund_minor, 0) as stated_refund_minor,
        coalesce(refunded.returned_units, 0) as returned_units,
        {{ refunded_part(
            'sale_minor', 'paid_minor', 'coalesce(refunded.refund_minor, 0)', 'coalesce(refunded.returned_units, 0)', 'quantity'
        ) }} as refunded_minor
    from unified
    left join {{ ref('int_orders__refunded') }} as refunded
        on refunded.conversion_id = unified.conversion_id
        and coalesce(refunded.currency, unified.currency) = unified.currency
)

select
    conversion_id,
    platform,
    order_id,
    line_ordinal,
    market,
    asin,
    sku,
    quantity,
    currency,
    gross_amount_minor,
    discount_minor,
    tax_minor,
    sale_minor,
    refunded_minor,
    -- Refunded above what the line was sold for: goodwill, or a refund of the whole order put on one line.
    case when sale_minor > 0 then greatest(stated_refund_minor - sale_minor, 0) else 0 end as refund_excess_minor,
    refunded_minor > 0 and returned_units > 0 as is_refund_estimated,
    sale_minor - refunded_minor as net_amount_minor,
    case
        when conversion_status <> 'confirmed' or (returned_units = 0 and stated_refund_minor = 0) then conversion_status
        when sale_minor = refunded_minor and (sale_minor > 0 or returned_units >= quantity) then 'refunded'
        when refunded_minor > 0 then 'partially_refunded'
        else conversion_status
    end as conversion_status,
    journey_key,
    promotion_ids,
    converted_at,
    order_parts,
    first_known_at
from returned
