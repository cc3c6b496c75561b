select
    market,
    platform,
    fee,
    fee_base,
    valid_from,
    valid_to,
    fee_rate
from {{ ref('base_reference__fees') }}
where reject_rule is null
