select
    market,
    marketplace_id,
    country,
    currency,
    time_zone,
    amazon_domain
from {{ ref('base_reference__markets') }}
where reject_rule is null
