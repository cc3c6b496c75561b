-- The last day of each series that is judged: when it was last read, its figures changed no more.
with read_until as (
    select
        source,
        stream,
        account,
        max(window_to) as last_date,
        max(cast(committed_at as date)) as read_on
    from {{ ref('base__commits') }}
    where is_usable and window_to is not null
    group by source, stream, account
),

streams as (
    select
        source,
        stream,
        max(event_date) as last_date
    from {{ ref('int_volumes__counted') }}
    group by source, stream
),

series as (
    select
        series_key,
        source,
        stream,
        account,
        max(settles_after_days) as settles_after_days,
        min(event_date) as first_date
    from {{ ref('int_volumes__counted') }}
    where value > 0
    group by series_key, source, stream, account
)

select
    series.series_key,
    series.source,
    series.stream,
    series.account,
    series.first_date,
    least(
        -- A day that was read when it was new has settled since, but what is known of it has not.
        {{ add_days('coalesce(read_until.read_on, cast(build.known_at as date))', '-series.settles_after_days') }},
        -- Files have no window: what they hold says how far they reach.
        coalesce(read_until.last_date, streams.last_date)
    ) as last_date
from series
cross join {{ source('raw', 'build') }} as build
join streams
    on streams.source = series.source
    and streams.stream = series.stream
left join read_until
    on read_until.source = series.source
    and read_until.stream = series.stream
    and read_until.account = series.account
