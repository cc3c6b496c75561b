{#- Days of touches on which anything differs from what was credited: all days when nothing was. -#}
{%- set kept = is_credit_kept() -%}
with found as (
    select
        {{ epoch_day('occurred_us') }} as touch_day,
        count(*) as touches,
        {{ sum_of_fingerprints('touch_fingerprint') }} as fingerprint
    from {{ ref('int_touchpoints__unified') }}
    group by 1
)

{% if not kept -%}
select touch_day from found
{%- else -%}
, credited as (
    select
        touch_day,
        count(*) as touches,
        {{ sum_of_fingerprints('touch_fingerprint') }} as fingerprint
    from {{ stored_table('intermediate', 'int_reach__credited_touches') }}
    group by touch_day
)

select coalesce(found.touch_day, credited.touch_day) as touch_day
from found
full outer join credited
    on credited.touch_day = found.touch_day
where
    found.touches is distinct from credited.touches
    or found.fingerprint is distinct from credited.fingerprint
{%- endif %}
