select
    market,
    platform,
    fee,
    valid_from,
    valid_to,
    fee_base,
    fee_rate
from {{ ref('stg_reference__fees') }}
