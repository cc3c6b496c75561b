select
    creator_id,
    valid_from,
    valid_to,
    commission_rate
from {{ ref('stg_reference__commission_rates') }}
