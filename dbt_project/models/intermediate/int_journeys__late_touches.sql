select
    conversion_id,
    count(*) as late_touches
from {{ ref('int_journeys__candidate_touches') }}
where is_late
group by conversion_id
