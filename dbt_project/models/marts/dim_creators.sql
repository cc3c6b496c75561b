select
    creator_id,
    handle,
    country
from {{ ref('stg_reference__creators') }}
