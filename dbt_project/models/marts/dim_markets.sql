select
    market,
    marketplace_id,
    country,
    currency,
    time_zone,
    amazon_domain
from {{ ref('stg_reference__markets') }}
