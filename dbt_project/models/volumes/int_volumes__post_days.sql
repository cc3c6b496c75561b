-- Views between two snapshots of a post that are a day apart; a gap says nothing about single days. A counter that
-- falls was
-- corrected by the platform, and no view was taken back.
with snapshots as (
    select
        business_id,
        item_id,
        snapshot_date,
        video_views,
        lag(snapshot_date) over (partition by item_id order by snapshot_date) as previous_date,
        lag(video_views) over (partition by item_id order by snapshot_date) as previous_views
    from {{ ref('stg_tiktok_organic__videos') }}
)

select
    business_id,
    item_id,
    {{ add_days('snapshot_date', '-1') }} as event_date,
    greatest(0, video_views - previous_views) as views_gained
from snapshots
where previous_date = {{ add_days('snapshot_date', '-1') }}
