with restated as (
    select
        conversion_id,
        max(known_at) as restated_at
    from {{ ref('int_orders__adjustments') }}
    where adjustment_type <> 'placement'
    group by conversion_id
)

select
    lines.conversion_id,
    lines.platform,
    lines.order_id,
    cast(lines.line_ordinal as int) as line_ordinal,
    lines.market,
    lines.asin,
    lines.sku,
    lines.quantity,
    lines.currency,
    lines.gross_amount_minor,
    lines.discount_minor,
    lines.tax_minor,
    lines.refunded_minor,
    lines.refund_excess_minor,
    lines.is_refund_estimated,
    lines.net_amount_minor,
    lines.net_amount_reporting_minor,
    lines.reporting_currency,
    lines.conversion_status,
    lines.journey_key,
    lines.promotion_ids,
    lines.converted_at,
    lines.event_date_utc,
    lines.event_date_market,
    -- Both sources state their times in UTC.
    lines.event_date_utc as event_date_source,
    cast(lines.order_parts as int) as order_parts,
    lines.first_known_at,
    restated.restated_at,
    cast(coalesce(late.late_touches, 0) as int) as late_touches
from {{ ref('int_conversions__converted') }} as lines
left join restated
    on restated.conversion_id = lines.conversion_id
left join {{ ref('int_journeys__late_touches') }} as late
    on late.line_key = lines.line_key
