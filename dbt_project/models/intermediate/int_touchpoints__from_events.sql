select
    'events' as platform,
    journey_key,
    touchpoint_id,
    occurred_at,
    touch_type,
    channel,
    campaign_id,
    ad_group_id,
    ad_id,
    content_id,
    creator_id,
    'event' as evidence,
    first_known_at
from {{ ref('stg_events__touchpoints') }}
