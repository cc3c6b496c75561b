with versions as (
    select * from {{ ref('base_tiktok_ads__ad_group_versions') }}
),

states as (
    {{ states_of_snapshot(
        'tiktok_ads', 'ad_groups', 'versions',
        ['ad_group_id'],
        ['ad_group_name', 'campaign_id', 'advertiser_id', 'optimization_goal', 'operation_status']
    ) }}
)

select
    ad_group_id,
    ad_group_name,
    campaign_id,
    advertiser_id,
    optimization_goal,
    operation_status,
    valid_from,
    valid_to,
    is_current
from states
