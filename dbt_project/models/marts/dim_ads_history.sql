with versions as (
    select * from {{ ref('base_tiktok_ads__ad_versions') }}
),

states as (
    {{ states_of_snapshot(
        'tiktok_ads', 'ads', 'versions',
        ['ad_id'],
        ['ad_name', 'ad_group_id', 'campaign_id', 'advertiser_id', 'content_id', 'landing_page_url']
    ) }}
)

select
    ad_id,
    ad_name,
    ad_group_id,
    campaign_id,
    advertiser_id,
    content_id,
    landing_page_url,
    valid_from,
    valid_to,
    is_current
from states
