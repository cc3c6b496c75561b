with versions as (
    select * from {{ ref('base_tiktok_ads__campaign_versions') }}
),

states as (
    {{ states_of_snapshot(
        'tiktok_ads', 'campaigns', 'versions',
        ['campaign_id'],
        ['campaign_name', 'advertiser_id', 'objective_type', 'operation_status']
    ) }}
)

select
    campaign_id,
    campaign_name,
    advertiser_id,
    objective_type,
    operation_status,
    valid_from,
    valid_to,
    is_current
from states
