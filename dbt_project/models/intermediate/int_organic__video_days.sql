with snapshots as (
    select * from {{ ref('stg_tiktok_organic__videos') }}
),

-- Days on which an account was looked at, whichever of its posts there were.
looks as (
    select
        business_id,
        snapshot_date,
        lag(snapshot_date) over (partition by business_id order by snapshot_date) as previous_look
    from (
        select distinct
            business_id,
            snapshot_date
        from snapshots
    ) as looked_at
),

followed as (
    select
        snapshots.*,
        looks.previous_look,
        lag(snapshots.snapshot_date) over post as previous_date,
        lag(snapshots.video_views) over post as previous_video_views,
        lag(snapshots.likes) over post as previous_likes,
        lag(snapshots.comments) over post as previous_comments,
        lag(snapshots.shares) over post as previous_shares,
        lag(snapshots.favorites) over post as previous_favorites,
        lag(snapshots.profile_views) over post as previous_profile_views,
        lag(snapshots.new_followers) over post as previous_new_followers
    from snapshots
    join looks
        on looks.business_id = snapshots.business_id
        and looks.snapshot_date = snapshots.snapshot_date
    window post as (partition by snapshots.item_id order by snapshots.snapshot_date)
),

-- A post that came after the account was last looked at began at nought.
compared as (
    select
        followed.*,
        previous_date is null and cast(published_at as date) >= previous_look as is_new
    from followed
),

final as (
    select
        business_id,
        item_id,
        snapshot_date,
        coalesce(previous_date, case when is_new then previous_look end) as previous_date,
        {{ gained('video_views') }} as video_views_added,
        {{ gained('likes') }} as likes_added,
        {{ gained('comments') }} as comments_added,
        {{ gained('shares') }} as shares_added,
        {{ gained('favorites') }} as favorites_added,
        {{ gained('profile_views') }} as profile_views_added,
        {{ gained('new_followers') }} as new_followers_added,
        coalesce(
            video_views < previous_video_views
            or likes < previous_likes
            or comments < previous_comments
            or shares < previous_shares
            or favorites < previous_favorites
            or profile_views < previous_profile_views
            or new_followers < previous_new_followers,
            false
        ) as has_decrease
    from compared
)

select * from final
