select
    creator_id,
    handle,
    country
from {{ ref('base_reference__creators') }}
where reject_rule is null
