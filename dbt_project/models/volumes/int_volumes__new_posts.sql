-- A post's first counter after a day is the most it can have brought on that day. It is another report than the
-- account's daily figures: a report that was loaded twice finds no such post.
with first_days as (
    select
        business_id,
        item_id,
        {{ each_day(
            'cast(min(published_at) as date)', add_days('cast(min(published_at) as date)', '1')
        ) }} as event_date
    from {{ ref('stg_tiktok_organic__videos') }}
    where published_at is not null
    group by business_id, item_id
),

counters as (
    select
        first_days.business_id,
        first_days.item_id,
        first_days.event_date,
        min(snapshots.video_views) as views
    from first_days
    join {{ ref('stg_tiktok_organic__videos') }} as snapshots
        on snapshots.item_id = first_days.item_id
        and snapshots.snapshot_date > first_days.event_date
    group by first_days.business_id, first_days.item_id, first_days.event_date
)

select
    business_id as account,
    event_date,
    cast(sum(views) as bigint) as views
from counters
group by business_id, event_date
