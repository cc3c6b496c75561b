-- The one ordered pass over all paths: what has been met up to and including each touch.
-- Touches that only a replica may credit come after the path of the house.
-- house, engaged, amazon and tiktok are 1 for what those models may credit, else 0: numbers, as they are added.
with marked as (
    select
        paths.line_key,
        paths.touchpoint_id,
        paths.media_key,
        {{ path_order('paths.occurred_us', 'paths.is_house_touch') }} as path_order,
        cast(case when paths.is_house_touch then 1 else 0 end as tinyint) as house,
        case
            when paths.is_house_touch then {{ decay_weight('ends.newest_us - paths.occurred_us') }}
            else 0
        end as decay_weight,
        cast(case when paths.engaged_order = ends.last_engaged_order then 1 else 0 end as tinyint) as engaged,
        cast(case when paths.amazon_order = ends.last_amazon_order then 1 else 0 end as tinyint) as amazon,
        cast(case when paths.tiktok_order = ends.last_tiktok_order then 1 else 0 end as tinyint) as tiktok
    from {{ ref('int_journeys__paths') }} as paths
    join {{ ref('int_journeys__ends') }} as ends
        on ends.line_key = paths.line_key
)

select
    line_key,
    touchpoint_id,
    media_key,
    house,
    decay_weight,
    engaged,
    amazon,
    tiktok,
    -- Touches of one instant form one position: tie_size of them, of which this is the tie_index-th.
    cast(dense_rank() over by_time as int) as path_position,
    cast(row_number() over path as int) as touch_index,
    cast(row_number() over path - rank() over by_time + 1 as int) as tie_index,
    cast(sum(1) over instant as int) as tie_size,
    cast(sum(decay_weight) over path_so_far as bigint) as decay_upto,
    {{ met_so_far('engaged') }} as engaged_index,
    {{ met_so_far('amazon') }} as amazon_index,
    {{ met_so_far('tiktok') }} as tiktok_index
from marked
window
    by_time as (partition by line_key order by path_order),
    instant as (partition by line_key order by path_order range between current row and current row),
    path as (partition by line_key order by path_order, touchpoint_id),
    path_so_far as (
        partition by line_key order by path_order, touchpoint_id
        rows between unbounded preceding and current row
    )
