select
    profile_id,
    country,
    currency,
    time_zone,
    marketplace_id,
    account_name,
    seller_id
from {{ ref('base_amazon_attribution__profiles') }}
where reject_rule is null
