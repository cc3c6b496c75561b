-- depends_on: {{ ref('int_reach__changed_journeys') }}
{% set kept = is_credit_kept() %}
{% set credited_before = lines_credited_before() %}
{% if not kept -%}
select
    line_key,
    converted_at,
    line_fingerprint
from {{ ref('int_reach__lines_found') }}
{% if credited_before -%}
-- What an earlier run left of lines that are gone is dropped.
union all
select line_key, cast(null as timestamp) as converted_at, cast(null as bigint) as line_fingerprint
from ({{ credited_before }}) as credited
where line_key not in (select line_key from {{ ref('int_reach__lines_found') }})
{%- endif %}
{%- else -%}
{%- set credited_lines = stored_table('intermediate', 'int_reach__credited_lines') %}
with days_found as (
    select
        cast(converted_at as date) as converted_day,
        count(*) as day_lines,
        {{ sum_of_fingerprints('line_fingerprint') }} as fingerprint
    from {{ ref('int_reach__lines_found') }}
    group by 1
),

days_credited as (
    select
        cast(converted_at as date) as converted_day,
        count(*) as day_lines,
        {{ sum_of_fingerprints('line_fingerprint') }} as fingerprint
    from {{ credited_lines }}
    group by 1
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
        cast(converted_day as timestamp) as begins_at,
        cast({{ add_days('converted_day', '1') }} as timestamp) as ends_at
    from differing_days
),

found_then as (
    select lines.line_key, lines.converted_at, lines.line_fingerprint
    from {{ ref('int_reach__lines_found') }} as lines
    join changed_days
        on changed_days.converted_day = cast(lines.converted_at as date)
        and lines.converted_at >= changed_days.begins_at
        and lines.converted_at < changed_days.ends_at
),

credited_then as (
    select credited.line_key, credited.line_fingerprint
    from {{ credited_lines }} as credited
    join changed_days
        on changed_days.converted_day = cast(credited.converted_at as date)
)

-- Lines that are new, changed or gone.
select
    coalesce(found.line_key, credited.line_key) as line_key,
    found.converted_at,
    found.line_fingerprint
from found_then as found
full outer join credited_then as credited
    on credited.line_key = found.line_key
where found.line_fingerprint is distinct from credited.line_fingerprint
union
-- Lines of journeys with changed touches; what lies before the first of these days cannot see them.
select lines.line_key, lines.converted_at, lines.line_fingerprint
from {{ ref('int_reach__lines_found') }} as lines
join {{ ref('int_reach__changed_journeys') }} as journeys
    on journeys.journey_fingerprint = lines.journey_fingerprint
    and journeys.changed_from_at <= lines.converted_at
{%- endif %}
