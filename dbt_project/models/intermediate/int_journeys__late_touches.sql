select
    line_key,
    late_touches
from {{ ref('int_journeys__lines') }}
where late_touches > 0
