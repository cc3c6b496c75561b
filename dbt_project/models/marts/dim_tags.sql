select
    ad_id,
    market,
    campaign_id,
    ad_group_id,
    asin,
    attribution_tag,
    created_at
from {{ ref('stg_reference__tags') }}
