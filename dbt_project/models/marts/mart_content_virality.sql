with days as (
    select
        daily.*,
        content.published_at,
        cast(content.published_at as date) as published_date,
        row_number() over (partition by daily.content_id order by daily.snapshot_date desc) as recency,
        row_number() over (
            partition by daily.content_id
            order by daily.video_views_added desc nulls last, daily.snapshot_date
        ) as place_by_growth
    from {{ ref('fct_content_daily') }} as daily
    join {{ ref('dim_content') }} as content
        on content.content_id = daily.content_id
),

-- A snapshot of a date holds what came before it: the one of the n + 1st date after publication holds n whole days.
posts as (
    select
        content_id,
        max(creator_id) as creator_id,
        min(published_at) as published_at,
        count(*) as snapshots,
        max(snapshot_date) as last_snapshot_date,
        max(case when recency = 1 then video_views end) as video_views,
        max(case when recency = 1 then organic_views end) as organic_views,
        max(case when place_by_growth = 1 then video_views_added end) as peak_views_added,
        max(case when place_by_growth = 1 and video_views_added is not null then snapshot_date end)
            as peak_snapshot_date,
        max(case when snapshot_date = {{ add_days('published_date', 2) }} then video_views end) as views_by_day_1,
        max(case when snapshot_date = {{ add_days('published_date', 8) }} then video_views end) as views_by_day_7,
        max(case when snapshot_date = {{ add_days('published_date', 29) }} then video_views end) as views_by_day_28,
        max(case when snapshot_date = {{ add_days('published_date', 91) }} then video_views end) as views_by_day_90
    from days
    group by content_id
),

usual as (
    select
        creator_id,
        count(*) as creator_posts,
        cast(median(views_by_day_1) as double) as creator_median_views_by_day_1
    from posts
    where creator_id is not null
    group by creator_id
),

half as (
    select
        days.content_id,
        min(days.snapshot_date) as half_date
    from days
    join posts
        on posts.content_id = days.content_id
        and 2 * days.video_views >= posts.views_by_day_90
    group by days.content_id
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
    half.half_date as half_of_day_90_snapshot_date,
    usual.creator_posts,
    usual.creator_median_views_by_day_1
from posts
left join usual
    on usual.creator_id = posts.creator_id
left join half
    on half.content_id = posts.content_id
