{{ config(
    materialized=kept_by_rows(),
    unique_key='touch_day',
    meta={'replaces': 'int_reach__changed_days'}
) }}

-- depends_on: {{ ref('int_credit__unified') }}
-- Written after the credit: a build that ends in between finds the same days changed again.
select
    days.touch_day,
    {{ row_fingerprint(['touches.platform', 'touches.journey_key']) }} as journey_fingerprint,
    touches.touch_fingerprint
from {{ ref('int_touchpoints__unified') }} as touches
join {{ ref('int_reach__changed_days') }} as days
    on days.touch_day = cast(touches.occurred_at as date)
    and touches.occurred_at >= days.begins_at
    and touches.occurred_at < days.ends_at
