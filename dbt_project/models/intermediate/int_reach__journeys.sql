-- depends_on: {{ ref('int_reach__changed_journeys') }}
{% set kept = is_credit_kept() %}
{% set credit = stored_table('ledgers', 'fct_attribution_credit_wide') if execute else none %}
with lines as (
    select * from {{ ref('int_reach__lines_found') }}
)

{% if not kept -%}
select conversion_id from lines
{% if credit is not none -%}
union
select conversion_id from {{ credit }}
{%- endif %}
{%- else -%}
, credited as (
    select * from {{ stored_table('intermediate', 'int_reach__credited_lines') }}
),

days_found as (
    select
        converted_day,
        count(*) as day_lines,
        {{ sum_of_fingerprints('line_fingerprint') }} as fingerprint
    from lines
    group by converted_day
),

days_credited as (
    select
        converted_day,
        count(*) as day_lines,
        {{ sum_of_fingerprints('line_fingerprint') }} as fingerprint
    from credited
    group by converted_day
),

changed_days as (
    select coalesce(found.converted_day, credited.converted_day) as converted_day
    from days_found as found
    full outer join days_credited as credited
        on credited.converted_day = found.converted_day
    where
        found.day_lines is distinct from credited.day_lines
        or found.fingerprint is distinct from credited.fingerprint
),

found_then as (
    select lines.conversion_id, lines.line_fingerprint
    from lines
    join changed_days
        on changed_days.converted_day = lines.converted_day
),

credited_then as (
    select credited.conversion_id, credited.line_fingerprint
    from credited
    join changed_days
        on changed_days.converted_day = credited.converted_day
)

-- Lines that are new, changed or gone.
select coalesce(found.conversion_id, credited.conversion_id) as conversion_id
from found_then as found
full outer join credited_then as credited
    on credited.conversion_id = found.conversion_id
where found.line_fingerprint is distinct from credited.line_fingerprint
union
-- Lines of journeys with changed touches; what lies before the first of these days cannot see them.
select lines.conversion_id
from lines
join {{ ref('int_reach__changed_journeys') }} as journeys
    on journeys.journey_fingerprint = lines.journey_fingerprint
    and journeys.first_day <= lines.converted_day
{%- endif %}
