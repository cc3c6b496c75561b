select
    ad_group_id,
    ad_group_name,
    campaign_id,
    advertiser_id,
    optimization_goal,
    operation_status
from {{ ref('stg_tiktok_ads__ad_groups') }}
