-- A snapshot of a date holds what came before that UTC date began.
with paid as (
    select
        days.item_id,
        days.snapshot_date,
        coalesce(sum(paid.paid_views), 0) as paid_views,
        coalesce(sum(case when paid.event_date_utc >= days.previous_date then paid.paid_views end), 0)
            as paid_views_added
    from {{ ref('int_organic__video_days') }} as days
    left join {{ ref('int_organic__paid_views') }} as paid
        on paid.item_id = days.item_id
        and paid.event_date_utc < days.snapshot_date
    group by days.item_id, days.snapshot_date
)

select
    videos.item_id as content_id,
    videos.snapshot_date,
    days.previous_date as previous_snapshot_date,
    content.creator_id,
    videos.video_views,
    cast(paid.paid_views as bigint) as paid_views,
    cast(
        case when videos.video_views is not null then greatest(videos.video_views - paid.paid_views, 0) end as bigint
    ) as organic_views,
    days.video_views_added,
    cast(case when days.previous_date is not null then paid.paid_views_added end as bigint) as paid_views_added,
    cast(
        case
            when days.video_views_added is not null then greatest(days.video_views_added - paid.paid_views_added, 0)
        end as bigint
    ) as organic_views_added,
    -- More paid than all views: the two reports differ in their hours, and the organic part was cut at nought.
    coalesce(videos.video_views < paid.paid_views or days.video_views_added < paid.paid_views_added, false)
        as is_clamped,
    days.likes_added,
    days.comments_added,
    days.shares_added,
    days.favorites_added,
    days.profile_views_added,
    days.new_followers_added
from {{ ref('stg_tiktok_organic__videos') }} as videos
join {{ ref('int_organic__video_days') }} as days
    on days.item_id = videos.item_id
    and days.snapshot_date = videos.snapshot_date
join paid
    on paid.item_id = videos.item_id
    and paid.snapshot_date = videos.snapshot_date
left join {{ ref('dim_content') }} as content
    on content.content_id = videos.item_id
