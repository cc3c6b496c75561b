{{ config(
    materialized=kept_by_rows(),
    incremental_strategy='replace_rows',
    unique_key='conversion_id',
    meta={'replaces': 'int_reach__journeys'},
    on_schema_change='fail'
) }}

-- The candidates are those of this run's lines; of all other lines, what an earlier run counted still holds.
select
    candidates.conversion_id,
    cast(sum(case when candidates.is_late then 0 else 1 end) as bigint) as eligible_touches,
    cast(sum(case when candidates.is_late then 1 else 0 end) as bigint) as late_touches
from {{ ref('int_journeys__candidate_touches') }} as candidates
join {{ ref('int_reach__journeys') }} as reached
    on reached.conversion_id = candidates.conversion_id
where candidates.is_house_touch or candidates.is_amazon_touch or candidates.is_tiktok_touch
group by candidates.conversion_id
