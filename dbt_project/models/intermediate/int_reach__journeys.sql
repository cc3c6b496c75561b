-- depends_on: {{ ref('int_reach__changed_journeys') }}
{% set kept = is_credit_kept() %}
{% set credit = stored_table('intermediate', 'int_credit__unified') if execute else none %}
{% if not kept -%}
select
    conversion_id,
    converted_day,
    line_fingerprint
from {{ ref('int_reach__lines_found') }}
{% if credit is not none and credit.is_table -%}
union all
select distinct conversion_id, cast(null as int) as converted_day, cast(null as bigint) as line_fingerprint
from {{ credit }}
where conversion_id not in (select conversion_id from {{ ref('int_reach__lines_found') }})
{%- endif %}
{%- else -%}
{%- set credited_lines = stored_table('intermediate', 'int_reach__credited_lines') %}
with days_found as (
    select
        converted_day,
        count(*) as day_lines,
        {{ sum_of_fingerprints('line_fingerprint') }} as fingerprint
    from {{ ref('int_reach__lines_found') }}
    group by converted_day
),

days_credited as (
    select
        converted_day,
        count(*) as day_lines,
        {{ sum_of_fingerprints('line_fingerprint') }} as fingerprint
    from {{ credited_lines }}
    group by converted_day
),

differing_days as (
    select coalesce(found.converted_day, credited.converted_day) as converted_day
    from days_found as found
    full outer join days_credited as credited
        on credited.converted_day = found.converted_day
    where
        found.day_lines is distinct from credited.day_lines
        or found.fingerprint is distinct from credited.fingerprint
),

changed_days as (
    select
        converted_day,
        {{ instant_of_us('converted_day * 86400000000') }} as begins_at,
        {{ instant_of_us('(converted_day + 1) * 86400000000') }} as ends_at
    from differing_days
),

found_then as (
    select lines.conversion_id, lines.converted_day, lines.line_fingerprint
    from {{ ref('int_reach__lines_found') }} as lines
    join changed_days
        on changed_days.converted_day = lines.converted_day
        and lines.converted_at >= changed_days.begins_at
        and lines.converted_at < changed_days.ends_at
),

credited_then as (
    select credited.conversion_id, credited.line_fingerprint
    from {{ credited_lines }} as credited
    join changed_days
        on changed_days.converted_day = credited.converted_day
)

-- Lines that are new, changed or gone.
select
    coalesce(found.conversion_id, credited.conversion_id) as conversion_id,
    found.converted_day,
    found.line_fingerprint
from found_then as found
full outer join credited_then as credited
    on credited.conversion_id = found.conversion_id
where found.line_fingerprint is distinct from credited.line_fingerprint
union
-- Lines of journeys with changed touches; what lies before the first of these days cannot see them.
select lines.conversion_id, lines.converted_day, lines.line_fingerprint
from {{ ref('int_reach__lines_found') }} as lines
join {{ ref('int_reach__changed_journeys') }} as journeys
    on journeys.journey_fingerprint = lines.journey_fingerprint
    and journeys.changed_from_at <= lines.converted_at
{%- endif %}
