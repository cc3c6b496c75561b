-- Views of a whole market, organic and paid, are a series of their own: they tell whether something went viral there.
with counted as (
    select * from {{ ref('int_volumes__from_tiktok') }}
    union all
    select * from {{ ref('int_volumes__from_amazon') }}
    union all
    select * from {{ ref('int_volumes__from_first_party') }}
),

placed as (
    select
        counted.*,
        accounts.market
    from counted
    left join {{ ref('int_volumes__accounts') }} as accounts
        on accounts.source = counted.source
        and accounts.account = counted.account
    where counted.event_date is not null and counted.value is not null
),

market_views as (
    select
        {{ volume_of('tiktok', 'views', 'all_views', 3, is_views=true) }},
        coalesce(market, '') as account,
        event_date,
        sum(value) as value,
        sum(value) as events,
        max(market) as market
    from placed
    where is_views and stream in ('ad_report_daily', 'account_daily')
    group by coalesce(market, ''), event_date
),

together as (
    select * from placed
    union all
    select * from market_views
)

select
    {{ series_key() }} as series_key,
    source,
    stream,
    account,
    market,
    measure,
    is_views,
    settles_after_days,
    event_date,
    cast(value as bigint) as value,
    cast(events as bigint) as events
from together
