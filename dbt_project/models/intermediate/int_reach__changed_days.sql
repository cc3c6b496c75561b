{#- Days of touches on which anything differs from what was credited: all days when nothing was. -#}
{%- set kept = is_credit_kept() -%}
with found as (
    select
        cast(occurred_at as date) as touch_day,
        count(*) as touches,
        {{ sum_of_fingerprints('touch_fingerprint') }} as fingerprint
    from {{ ref('int_touchpoints__unified') }}
    group by 1
),

changed as (
    {% if not kept -%}
    select * from found
    {%- else -%}
    select
        coalesce(found.touch_day, credited.touch_day) as touch_day,
        found.touches,
        found.fingerprint
    from found
    full outer join {{ stored_table('intermediate', 'int_reach__credited_days') }} as credited
        on credited.touch_day = found.touch_day
    where
        found.touches is distinct from credited.touches
        or found.fingerprint is distinct from credited.fingerprint
    {%- endif %}
)

select
    touch_day,
    cast(touch_day as timestamp) as begins_at,
    cast({{ add_days('touch_day', '1') }} as timestamp) as ends_at,
    touches,
    fingerprint
from changed
