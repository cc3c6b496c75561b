select
    source,
    stream,
    is_configured,
    cadence,
    freshness_state,
    target_minutes,
    age_minutes,
    newest_extraction_at,
    newest_day,
    newest_rows,
    accounts,
    fresh_accounts,
    held_extractions
from {{ source('raw', 'freshness') }}
