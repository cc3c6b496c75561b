select
    creator_id,
    valid_from,
    valid_to,
    commission_rate
from {{ ref('base_reference__commission_rates') }}
where reject_rule is null
