with unmatched as (
    select * from {{ ref('int_orders__refunds_without_line') }}
    union all
    select * from {{ ref('int_orders__returns_without_line') }}
)

select
    platform,
    market,
    order_id,
    return_key,
    sku,
    unmatched_reason,
    cast(refund_minor as bigint) as refund_minor,
    currency,
    cast(returned_units as bigint) as returned_units,
    event_at,
    cast(event_at as date) as event_date_utc,
    first_known_at
from unmatched
