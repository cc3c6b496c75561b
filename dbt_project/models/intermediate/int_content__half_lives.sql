-- Half of the views of day 90. While that day is ahead they are projected from day 7, and are at least what is seen.
with posts as (
    select
        content_id,
        published_date,
        views_by_day_90 is null as is_projected,
        coalesce(
            views_by_day_90,
            case
                when last_snapshot_date < {{ add_days('published_date', 91) }} then greatest(
                    {{ int_div('100 * views_by_day_7', var('typical_percent_by_day_7')) }},
                    case when views_by_day_7 is not null then video_views end
                )
            end
        ) as day_90_views
    from {{ ref('int_content__views_by_age') }}
)

select
    posts.content_id,
    posts.is_projected,
    min(daily.snapshot_date) as half_date,
    -- As everywhere, the look of the n + 1st date after publication is that of day n.
    greatest({{ days_between('min(posts.published_date)', 'min(daily.snapshot_date)') }} - 1, 0) as half_life_days
from posts
join {{ ref('fct_content_daily') }} as daily
    on daily.content_id = posts.content_id
    and 2 * daily.video_views >= posts.day_90_views
group by posts.content_id, posts.is_projected
