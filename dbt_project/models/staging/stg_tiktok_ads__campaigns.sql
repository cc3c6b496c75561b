select
    advertiser_id,
    campaign_id,
    campaign_name,
    objective_type,
    operation_status
from {{ ref('base_tiktok_ads__campaigns') }}
where reject_rule is null
