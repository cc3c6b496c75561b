select
    conversion_id,
    late_touches
from {{ ref('int_journeys__lines') }}
where late_touches > 0
