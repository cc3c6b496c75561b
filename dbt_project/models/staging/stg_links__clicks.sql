select
    click_id,
    clicked_at,
    visitor_id,
    ttclid,
    campaign_id,
    ad_group_id,
    ad_id,
    content_id,
    creator_id,
    placement,
    destination_asin,
    country,
    first_known_at
from {{ ref('base_links__clicks') }}
where reject_rule is null
