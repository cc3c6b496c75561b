select
    'events' as platform,
    touches.journey_key,
    touches.touchpoint_id,
    touches.occurred_at,
    touches.touch_type,
    touches.channel,
    touches.campaign_id,
    touches.ad_group_id,
    touches.ad_id,
    touches.content_id,
    coalesce(touches.creator_id, creators.creator_id) as creator_id,
    touches.market,
    'event' as evidence,
    touches.first_known_at,
    -- A landed row never changes, so that its place stands for all it says; whose its post is may become known later.
    {{ row_fingerprint(['touches._commit', 'touches._row', 'touches.first_known_at', 'creators.creator_id']) }}
        as touch_fingerprint
from {{ ref('stg_events__touchpoints') }} as touches
left join {{ ref('int_creators__by_content') }} as creators
    on creators.content_id = touches.content_id
