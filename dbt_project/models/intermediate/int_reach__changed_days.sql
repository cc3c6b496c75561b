{#- Days of touches on which anything differs from what was credited: all days when nothing was. -#}
{%- set kept = is_credit_kept() -%}
with found as (
    select
        {{ epoch_day('occurred_us') }} as touch_day,
        count(*) as touches,
        {{ sum_of_fingerprints('touch_fingerprint') }} as fingerprint
    from {{ ref('int_touchpoints__unified') }}
    group by 1
),

{% if kept -%}
credited as (
    select
        touch_day,
        count(*) as touches,
        {{ sum_of_fingerprints('touch_fingerprint') }} as fingerprint
    from {{ stored_table('intermediate', 'int_reach__credited_touches') }}
    group by touch_day
),

{% endif -%}
changed as (
    {% if not kept -%}
    select touch_day from found
    {%- else -%}
    select coalesce(found.touch_day, credited.touch_day) as touch_day
    from found
    full outer join credited
        on credited.touch_day = found.touch_day
    where
        found.touches is distinct from credited.touches
        or found.fingerprint is distinct from credited.fingerprint
    {%- endif %}
)

select
    touch_day,
    {{ instant_of_us('touch_day * 86400000000') }} as begins_at,
    {{ instant_of_us('(touch_day + 1) * 86400000000') }} as ends_at
from changed
