select
    ads.ad_id,
    ads.ad_name,
    ads.ad_group_id,
    ad_groups.ad_group_name,
    ads.campaign_id,
    ads.advertiser_id,
    ads.content_id,
    ads.market,
    ads.destination_platform,
    ads.landing_page_url
from {{ ref('int_ads__placed') }} as ads
left join {{ ref('stg_tiktok_ads__ad_groups') }} as ad_groups
    on ad_groups.ad_group_id = ads.ad_group_id
