-- I5: no touch earns from an order before it, and none from an order that no model's window reaches.
select
    credit.conversion_id,
    credit.touchpoint_id,
    touches.occurred_us,
    touches.seen_until_us,
    lines.converted_us
from {{ ref('fct_attribution_credit_wide') }} as credit
join {{ ref('int_conversions__converted') }} as lines
    on lines.conversion_id = credit.conversion_id
join {{ ref('int_touchpoints__unified') }} as touches
    on touches.platform = lines.platform
    and touches.journey_key = lines.journey_key
    and touches.touchpoint_id = credit.touchpoint_id
where touches.occurred_us > lines.converted_us or touches.seen_until_us <= lines.converted_us
