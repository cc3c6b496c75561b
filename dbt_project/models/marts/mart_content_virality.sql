with posts as (
    select * from {{ ref('int_content__views_by_age') }}
),

usual as (
    select
        creator_id,
        count(*) as creator_posts,
        count(views_by_day_1) as posts_by_day_1,
        cast(median(views_by_day_1) as double) as creator_median_views_by_day_1
    from posts
    where creator_id is not null
    group by creator_id
)

select
    posts.content_id,
    posts.creator_id,
    posts.published_at,
    posts.snapshots,
    posts.last_snapshot_date,
    posts.video_views,
    posts.organic_views,
    posts.peak_views_added,
    posts.peak_snapshot_date,
    posts.views_by_day_1,
    posts.views_by_day_7,
    posts.views_by_day_28,
    posts.views_by_day_90,
    case when not half.is_projected then half.half_date end as half_of_day_90_snapshot_date,
    half.half_life_days,
    half.is_projected as is_half_life_projected,
    revenue.revenue_half_life_days,
    usual.creator_posts,
    usual.creator_median_views_by_day_1,
    case
        when usual.posts_by_day_1 < {{ var('virality_least_posts') }} then null
        when usual.creator_median_views_by_day_1 = 0 then null
        when posts.views_by_day_1 >= {{ var('virality_factor') }} * usual.creator_median_views_by_day_1 then 'viral'
        when posts.views_by_day_1 > usual.creator_median_views_by_day_1 then 'above_median'
        when posts.views_by_day_1 <= usual.creator_median_views_by_day_1 then 'up_to_median'
    end as virality_class
from posts
left join usual
    on usual.creator_id = posts.creator_id
left join {{ ref('int_content__half_lives') }} as half
    on half.content_id = posts.content_id
left join {{ ref('int_content__revenue_half_lives') }} as revenue
    on revenue.content_id = posts.content_id
