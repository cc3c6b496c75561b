{#- Empty when nothing was credited: all lines are then reached in any case. -#}
{%- set kept = is_credit_kept() -%}
with days as (
    select * from {{ ref('int_reach__changed_days') }}
    {% if not kept -%}
    where false
    {%- endif %}
),

found as (
    select
        {{ row_fingerprint(['touches.platform', 'touches.journey_key']) }} as journey_fingerprint,
        days.begins_at,
        touches.touch_fingerprint,
        1 as sign
    from {{ ref('int_touchpoints__unified') }} as touches
    join days
        on days.touch_day = cast(touches.occurred_at as date)
        and touches.occurred_at >= days.begins_at
        and touches.occurred_at < days.ends_at
),

credited as (
    {% if kept -%}
    select
        touches.journey_fingerprint,
        days.begins_at,
        touches.touch_fingerprint,
        -1 as sign
    from {{ stored_table('intermediate', 'int_reach__credited_touches') }} as touches
    join days
        on days.touch_day = touches.touch_day
    {%- else -%}
    select * from found
    {%- endif %}
),

-- What a journey has now, less what was credited of it.
differing as (
    select
        journey_fingerprint,
        begins_at
    from (
        select * from found
        union all
        select * from credited
    ) as either
    group by journey_fingerprint, begins_at
    having sum(sign) <> 0 or {{ sum_of_fingerprints('sign * touch_fingerprint') }} <> 0
)

select
    journey_fingerprint,
    min(begins_at) as changed_from_at
from differing
group by journey_fingerprint
