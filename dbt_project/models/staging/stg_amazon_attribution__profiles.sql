select
    profile_id,
    country,
    currency,
    time_zone,
    marketplace_id,
    account_name
from {{ ref('base_amazon_attribution__profiles') }}
where reject_rule is null
