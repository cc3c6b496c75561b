-- Each touch that some model credits, with what its shares are worked out from: its place in the path, and its weight.
select
    walked.line_key,
    walked.touchpoint_id,
    walked.media_key,
    walked.house,
    walked.engaged,
    walked.amazon,
    walked.tiktok,
    walked.path_position,
    totals.path_length,
    walked.tie_index,
    walked.tie_size,
    least(walked.touch_index, totals.touches) as touch_index,
    totals.touches,
    walked.engaged_index,
    totals.engaged_size,
    walked.amazon_index,
    totals.amazon_size,
    walked.tiktok_index,
    totals.tiktok_size,
    walked.decay_weight,
    walked.decay_upto,
    totals.decay_total
from {{ ref('int_journeys__walked') }} as walked
join {{ ref('int_journeys__totals') }} as totals
    on totals.line_key = walked.line_key
-- A touch outside the windows of the house stays only when a replica gives it credit.
where walked.house = 1 or walked.amazon = 1 or walked.tiktok = 1
