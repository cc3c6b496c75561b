with walked as (
    select * from {{ ref('int_journeys__walked') }}
),

-- What has been met at the end of each path; 1 where that is nothing, since nothing is then shared out.
totals as (
    select
        line_number,
        max(case when house = 1 then touch_index else 1 end) as touches,
        max(case when house = 1 then path_position else 1 end) as path_length,
        greatest(1, max(decay_upto)) as decay_total,
        greatest(1, max(engaged_index)) as engaged_size,
        greatest(1, max(amazon_index)) as amazon_size,
        greatest(1, max(tiktok_index)) as tiktok_size
    from walked
    group by line_number
),

shares as (
    select
        walked.candidate_number,
        case when house = 1 then path_position end as path_position_or_none,
        case when house = 1 then path_length end as path_length_or_none,
        {{ first_touch_upto('tie_index - house') }} as first_touch_before,
        {{ first_touch_upto('tie_index') }} as first_touch_upto,
        {{ last_touch_upto('tie_index - house') }} as last_touch_before,
        {{ last_touch_upto('tie_index') }} as last_touch_upto,
        {{ even_upto('engaged_index - engaged', 'engaged_size') }} as last_engaged_touch_before,
        {{ even_upto('engaged_index', 'engaged_size') }} as last_engaged_touch_upto,
        {{ even_upto('least(touch_index, touches) - house', 'touches') }} as linear_before,
        {{ even_upto('least(touch_index, touches)', 'touches') }} as linear_upto,
        {{ position_based_upto('tie_index - house') }} as position_based_before,
        {{ position_based_upto('tie_index') }} as position_based_upto,
        {{ time_decay_upto('decay_upto - decay_weight') }} as time_decay_before,
        {{ time_decay_upto('decay_upto') }} as time_decay_upto,
        {{ even_upto('amazon_index - amazon', 'amazon_size') }} as amazon_14d_last_click_before,
        {{ even_upto('amazon_index', 'amazon_size') }} as amazon_14d_last_click_upto,
        {{ even_upto('tiktok_index - tiktok', 'tiktok_size') }} as tiktok_7c1v_before,
        {{ even_upto('tiktok_index', 'tiktok_size') }} as tiktok_7c1v_upto
    from walked
    join totals
        on totals.line_number = walked.line_number
    -- A touch outside the windows of the house stays only when a replica gives it credit.
    where house = 1 or amazon = 1 or tiktok = 1
)

-- What readers want to know of a touch is wide, so it comes last.
select
    touches.conversion_id,
    concat('touch:', touches.touchpoint_id) as recipient_key,
    touches.touchpoint_id,
    touches.channel,
    touches.campaign_id,
    touches.ad_group_id,
    touches.ad_id,
    touches.content_id,
    touches.creator_id,
    touches.evidence,
    'line' as credit_resolution,
    path_position_or_none as path_position,
    path_length_or_none as path_length,
    first_touch_before,
    first_touch_upto,
    last_touch_before,
    last_touch_upto,
    last_engaged_touch_before,
    last_engaged_touch_upto,
    linear_before,
    linear_upto,
    position_based_before,
    position_based_upto,
    time_decay_before,
    time_decay_upto,
    amazon_14d_last_click_before,
    amazon_14d_last_click_upto,
    tiktok_7c1v_before,
    tiktok_7c1v_upto
from {{ ref('int_journeys__candidate_touches') }} as touches
join shares
    on shares.candidate_number = touches.candidate_number
