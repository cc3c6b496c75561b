{{ config(
    materialized=kept_by_rows(),
    unique_key='line_key',
    meta={'replaces': 'int_reach__journeys'}
) }}

-- Whose lines the materialization replaces; depends_on: {{ ref('int_reach__journeys') }}
-- The candidates are those of this run's lines; of all other lines, what an earlier run counted still holds.
select
    line_key,
    cast(sum(case when is_late then 0 else 1 end) as bigint) as eligible_touches,
    cast(sum(case when is_late then 1 else 0 end) as bigint) as late_touches
from {{ ref('int_journeys__candidate_touches') }}
group by line_key
