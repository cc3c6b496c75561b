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
)

-- A snapshot of a date holds what came before it: the one of the n + 1st date after publication holds n whole days.
select
    content_id,
    max(creator_id) as creator_id,
    min(published_at) as published_at,
    min(published_date) as published_date,
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
