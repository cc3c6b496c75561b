select
    advertiser_id,
    advertiser_name,
    country,
    currency,
    time_zone
from {{ ref('base_tiktok_ads__advertisers') }}
where reject_rule is null
