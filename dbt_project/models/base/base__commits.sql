select
    source,
    stream,
    _commit,
    manifest_id,
    coalesce(account, '') as account,
    coalesce(part, '') as part,
    coverage,
    window_from,
    window_to,
    committed_at,
    -- Partial and held commits cover nothing.
    coalesce(is_complete, false) and not coalesce(is_held, false) as is_usable
from {{ source('raw', 'manifests') }}
