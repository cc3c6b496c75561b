-- What else is known of a day on which a series jumped. Views of the same account in another report say that it
-- happened; those of the market say by how much what people do after watching may have risen.
with jumps as (
    select *
    from {{ ref('int_volumes__judged') }}
    where z > {{ var('volume_confirming_z') }}
),

-- A report is no reason for itself: TikTok's are what a market's views are added up from.
of_market as (
    select
        jumps.series_key,
        jumps.event_date,
        max(views.events / views.events_high) as ratio
    from jumps
    join jumps as views
        on views.source = 'tiktok'
        and views.market = jumps.market
        and views.event_date between {{ add_days('jumps.event_date', '-3') }} and jumps.event_date
    where jumps.source not in ('tiktok', 'tiktok_ads', 'tiktok_organic')
    group by jumps.series_key, jumps.event_date
),

elsewhere as (
    select distinct
        jumps.series_key,
        jumps.event_date
    from jumps
    join jumps as others
        on others.source = jumps.source
        and others.account = jumps.account
        and others.stream <> jumps.stream
        and others.event_date between {{ add_days('jumps.event_date', '-1') }}
        and {{ add_days('jumps.event_date', '1') }}
    where others.is_views
)

select
    jumps.series_key,
    jumps.event_date,
    elsewhere.series_key is not null as is_seen_elsewhere,
    of_market.series_key is not null as is_viral_market,
    coalesce(of_market.ratio, 1.0) as market_ratio,
    coalesce(new_posts.views, 0) as new_post_views
from jumps
left join of_market
    on of_market.series_key = jumps.series_key
    and of_market.event_date = jumps.event_date
left join elsewhere
    on elsewhere.series_key = jumps.series_key
    and elsewhere.event_date = jumps.event_date
left join {{ ref('int_volumes__new_posts') }} as new_posts
    on jumps.source = 'tiktok_organic'
    and jumps.stream = 'account_daily'
    and new_posts.account = jumps.account
    and new_posts.event_date = jumps.event_date
