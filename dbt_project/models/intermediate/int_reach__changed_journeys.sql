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
        days.touch_day,
        {{ row_fingerprint(['touches.platform', 'touches.journey_key']) }} as journey_fingerprint,
        touches.touch_fingerprint
    from {{ ref('int_touchpoints__unified') }} as touches
    join days
        on days.touch_day = {{ epoch_day('touches.occurred_us') }}
),

credited as (
    {% if kept -%}
    select
        touches.touch_day,
        touches.journey_fingerprint,
        touches.touch_fingerprint
    from {{ stored_table('intermediate', 'int_reach__credited_touches') }} as touches
    join days
        on days.touch_day = touches.touch_day
    {%- else -%}
    select * from found
    where false
    {%- endif %}
),

new_touches as (
    select * from found
    except all
    select * from credited
),

gone_touches as (
    select * from credited
    except all
    select * from found
),

differing as (
    select * from new_touches
    union all
    select * from gone_touches
)

select
    journey_fingerprint,
    min(touch_day) as first_day
from differing
group by journey_fingerprint
