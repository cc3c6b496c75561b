with posts as (
    select
        *,
        row_number() over (partition by item_id order by snapshot_date desc) as recency
    from {{ ref('stg_tiktok_organic__videos') }}
),

newest as (
    select *
    from posts
    where recency = 1
),

shown as (
    select
        content_id,
        count(*) as ads
    from {{ ref('int_ads__placed') }}
    where content_id is not null
    group by content_id
)

select
    coalesce(posts.item_id, shown.content_id) as content_id,
    -- An ad may show a post of an account, or a video that nobody posted.
    case when posts.item_id is not null then 'post' else 'ad_video' end as content_kind,
    creators.creator_id,
    creators.handle,
    posts.media_type,
    posts.published_at,
    posts.duration_ms,
    posts.caption,
    posts.share_url,
    coalesce(shown.ads, 0) as ads
from newest as posts
full outer join shown
    on shown.content_id = posts.item_id
left join {{ ref('int_creators__by_content') }} as creators
    on creators.content_id = posts.item_id
