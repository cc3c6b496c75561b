select
    adjustments.adjustment_id,
    adjustments.conversion_id,
    cast(adjustments.event_number as int) as event_number,
    adjustments.adjustment_type,
    adjustments.amount_minor,
    adjustments.net_after_minor,
    adjustments.currency,
    -- The rate of the order's date for all events of a line, so that what goes back is what came.
    {{ mul_div_half_even('net_after_minor', 'reporting_numerator', 'reporting_divisor') }}
    - {{ mul_div_half_even('(net_after_minor - amount_minor)', 'reporting_numerator', 'reporting_divisor') }}
        as amount_reporting_minor,
    {{ mul_div_half_even('net_after_minor', 'reporting_numerator', 'reporting_divisor') }}
        as net_after_reporting_minor,
    adjustments.is_estimated,
    adjustments.event_at,
    adjustments.event_date_utc,
    adjustments.known_stream,
    adjustments.known_commit,
    adjustments.known_at
from {{ ref('int_orders__adjustments') }} as adjustments
left join {{ ref('int_conversions__converted') }} as lines
    on lines.conversion_id = adjustments.conversion_id
    and lines.currency = adjustments.currency
