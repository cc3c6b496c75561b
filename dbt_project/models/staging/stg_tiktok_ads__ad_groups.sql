select
    advertiser_id,
    campaign_id,
    ad_group_id,
    ad_group_name,
    optimization_goal,
    operation_status
from {{ ref('base_tiktok_ads__ad_groups') }}
where reject_rule is null
