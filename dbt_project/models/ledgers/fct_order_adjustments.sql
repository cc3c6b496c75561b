select
    adjustment_id,
    conversion_id,
    adjustment_type,
    amount_minor,
    currency,
    event_at,
    event_date_utc,
    known_commit
from {{ ref('int_orders__adjustments') }}
