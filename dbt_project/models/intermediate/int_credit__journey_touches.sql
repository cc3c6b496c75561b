with measured as (
    select
        paths.*,
        row_number() over path as touch_index,
        rank() over by_time as place_from_start,
        rank() over by_time_back as place_from_end,
        dense_rank() over by_time as path_position,
        dense_rank() over by_time_back as position_from_end,
        count(*) over whole as touches
    from {{ ref('int_journeys__paths') }} as paths
    window
        whole as (partition by conversion_id),
        path as (partition by conversion_id order by occurred_us, touchpoint_id),
        by_time as (partition by conversion_id order by occurred_us),
        by_time_back as (partition by conversion_id order by occurred_us desc)
),

-- Touches of one instant form one position: tie_size of them, of which this is the tie_index-th.
tied as (
    select
        measured.*,
        path_position + position_from_end - 1 as path_length,
        touch_index - place_from_start + 1 as tie_index,
        touches - place_from_start - place_from_end + 2 as tie_size,
        {{ decay_weight('newest_us - occurred_us') }} as decay_weight
    from measured
),

decayed as (
    select
        tied.*,
        cast(sum(decay_weight) over (
            partition by conversion_id
            order by occurred_us, touchpoint_id
            rows between unbounded preceding and current row
        ) as bigint) as decay_upto,
        cast(sum(decay_weight) over (partition by conversion_id) as bigint) as decay_total
    from tied
)

select
    conversion_id,
    touchpoint_id,
    channel,
    campaign_id,
    ad_group_id,
    ad_id,
    content_id,
    creator_id,
    evidence,
    'line' as credit_resolution,
    path_position,
    path_length,
    {{ first_touch_upto('tie_index - 1') }} as first_touch_before,
    {{ first_touch_upto('tie_index') }} as first_touch_upto,
    {{ last_touch_upto('tie_index - 1') }} as last_touch_before,
    {{ last_touch_upto('tie_index') }} as last_touch_upto,
    {{ linear_upto('touch_index - 1') }} as linear_before,
    {{ linear_upto('touch_index') }} as linear_upto,
    {{ position_based_upto('tie_index - 1') }} as position_based_before,
    {{ position_based_upto('tie_index') }} as position_based_upto,
    {{ time_decay_upto('decay_upto - decay_weight') }} as time_decay_before,
    {{ time_decay_upto('decay_upto') }} as time_decay_upto
from decayed
