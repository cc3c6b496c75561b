select
    touchpoint_id,
    journey_key,
    occurred_at,
    touch_type,
    channel,
    campaign_id,
    ad_group_id,
    ad_id,
    content_id,
    creator_id,
    market,
    first_known_at,
    _commit,
    _row
from {{ ref('base_events__touchpoints') }}
where reject_rule is null
