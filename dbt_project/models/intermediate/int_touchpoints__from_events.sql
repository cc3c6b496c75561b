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
    market,
    'event' as evidence,
    first_known_at,
    -- A landed row never changes, so that its place stands for all it says.
    {{ row_fingerprint(['_commit', '_row', 'first_known_at']) }} as touch_fingerprint
from {{ ref('stg_events__touchpoints') }}
