select
    conversion_id,
    journey_key,
    converted_at,
    net_amount_minor,
    currency,
    product_id,
    market,
    first_known_at,
    known_at,
    _commit
from {{ ref('base_events__conversions') }}
where reject_rule is null
