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

accounts as (
    select
        business_id,
        username,
        row_number() over (partition by business_id order by event_date_source desc) as recency
    from {{ ref('stg_tiktok_organic__account_daily') }}
    where username is not null
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
    accounts.username as handle,
    posts.media_type,
    posts.published_at,
    posts.duration_ms,
    posts.caption,
    posts.share_url,
    coalesce(shown.ads, 0) as ads
from newest as posts
full outer join shown
    on shown.content_id = posts.item_id
left join accounts
    on accounts.business_id = posts.business_id
    and accounts.recency = 1
left join {{ ref('int_creators__by_handle') }} as creators
    on creators.handle = lower(accounts.username)
