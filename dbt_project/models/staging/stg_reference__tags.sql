select
    ad_id,
    market,
    campaign_id,
    ad_group_id,
    asin,
    attribution_tag,
    created_at
from {{ ref('base_reference__tags') }}
where reject_rule is null
