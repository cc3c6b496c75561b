-- A post is its account's, and the account is the creator's who has its newest handle.
with posts as (
    select
        item_id,
        business_id,
        row_number() over (partition by item_id order by snapshot_date desc) as recency
    from {{ ref('stg_tiktok_organic__videos') }}
),

accounts as (
    select
        business_id,
        username,
        row_number() over (partition by business_id order by event_date_source desc) as recency
    from {{ ref('stg_tiktok_organic__account_daily') }}
    where username is not null
)

select
    posts.item_id as content_id,
    accounts.username as handle,
    creators.creator_id
from posts
join accounts
    on accounts.business_id = posts.business_id
    and accounts.recency = 1
left join {{ ref('int_creators__by_handle') }} as creators
    on creators.handle = lower(accounts.username)
where posts.recency = 1
