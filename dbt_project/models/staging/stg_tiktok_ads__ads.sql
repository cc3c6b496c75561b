select
    advertiser_id,
    campaign_id,
    ad_group_id,
    ad_id,
    ad_name,
    landing_page_url,
    content_id,
    video_id,
    operation_status
from {{ ref('base_tiktok_ads__ads') }}
where reject_rule is null
