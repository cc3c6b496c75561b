-- Every day of a series from its first to the last that is settled: a day without rows is a day of zero. Snapshots
-- are an
-- exception, because the day of one that was not taken cannot be read again.
with spine as (
    select
        settled.*,
        {{ each_day('first_date', 'last_date') }} as event_date
    from {{ ref('int_volumes__settled') }} as settled
    where first_date <= last_date
),

series as (
    select
        series_key,
        max(market) as market,
        max(measure) as measure,
        bool_or(is_views) as is_views,
        -- Money scatters like half as many events: what one of them brings varies as well.
        coalesce(median(case when events > 0 then value * 1.0 / events end), 1.0)
        * case when max(measure) like '%_minor' then 2 else 1 end as value_per_event
    from {{ ref('int_volumes__counted') }}
    group by series_key
),

-- Events of a whole market; a coupon on one product is everyday business.
promotion_days as (
    select distinct
        market,
        {{ each_day('cast(starts_at as date)', 'cast(ends_at - interval 1 second as date)') }} as event_date
    from {{ ref('stg_reference__promotions') }}
    where asin is null
),

covered as (
    select distinct
        source,
        stream,
        account,
        covered_date
    from {{ ref('base__covers') }}
    where covered_date is not null
),

joined as (
    select
        spine.series_key,
        spine.source,
        spine.stream,
        spine.account,
        series.market,
        series.measure,
        series.is_views,
        spine.event_date,
        spine.last_date,
        coalesce(counted.value, 0) as value,
        case when series.value_per_event > 0 then series.value_per_event else 1.0 end as value_per_event,
        counted.series_key is not null or covered.account is not null as is_read,
        promotion_days.event_date is not null as is_promotion,
        coalesce(stopped.live_share, 1.0) as live_share
    from spine
    join series
        on series.series_key = spine.series_key
    left join {{ ref('int_volumes__counted') }} as counted
        on counted.series_key = spine.series_key
        and counted.event_date = spine.event_date
    left join covered
        on covered.source = spine.source
        and covered.stream = spine.stream
        and covered.account = spine.account
        and covered.covered_date = spine.event_date
    left join promotion_days
        on promotion_days.market = series.market
        and promotion_days.event_date = spine.event_date
    left join {{ ref('int_volumes__stopped') }} as stopped
        on stopped.source = spine.source
        and stopped.account = spine.account
        and stopped.event_date = spine.event_date
)

select
    *,
    not is_promotion as is_ordinary,
    {{ weekday_number('event_date') }} as weekday,
    ln(greatest(0, value) / value_per_event + 0.5) as log_events
from joined
where is_read or stream <> 'videos'
