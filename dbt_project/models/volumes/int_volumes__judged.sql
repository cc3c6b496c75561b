-- How far each day is from what its own history leads one to expect, in units of that history's scatter
-- (docs/anomalies.md).
with history as (
    select
        dated.series_key,
        dated.event_date,
        dated.weekday as judged_weekday,
        before.weekday,
        before.deviation,
        before.level
    from {{ ref('int_volumes__levels') }} as dated
    join {{ ref('int_volumes__levels') }} as before
        on before.series_key = dated.series_key
        and before.event_date < dated.event_date
        and before.event_date >= {{ add_days('dated.event_date', '-56') }}
    where before.is_ordinary and before.level is not null and dated.level is not null
),

weekdays as (
    select
        series_key,
        event_date,
        weekday,
        median(deviation) as deviation,
        count(*) as same_days
    from history
    group by series_key, event_date, weekday
),

-- The scatter is that of the middle, or of the rare large distances where these are larger: views come in bursts.
scatter as (
    select
        history.series_key,
        history.event_date,
        greatest(
            median(abs(history.deviation - weekdays.deviation)) / 0.6745,
            percentile_cont(0.95) within group (order by abs(history.deviation - weekdays.deviation)) / 1.96
        ) as spread,
        median(history.level) as usual_level,
        max(case when history.weekday = history.judged_weekday then weekdays.deviation end) as weekday_deviation,
        max(case when history.weekday = history.judged_weekday then weekdays.same_days end) as same_weekdays
    from history
    join weekdays
        on weekdays.series_key = history.series_key
        and weekdays.event_date = history.event_date
        and weekdays.weekday = history.weekday
    group by history.series_key, history.event_date
),

-- In events. A series may be at its last week's level or at its last month's: it rises from one to the other, or
-- falls back.
expected as (
    select
        dated.*,
        coalesce(scatter.same_weekdays, 0) as same_weekdays,
        dated.value / dated.value_per_event as events_seen,
        dated.live_share
        * greatest(0.0, exp(dated.level + scatter.weekday_deviation) - 0.5) as events_expected,
        dated.live_share
        * greatest(0.0, exp(least(dated.level, dated.month_level) + scatter.weekday_deviation) - 0.5) as events_low,
        greatest(
            {{ var('volume_least_events') }},
            exp(greatest(dated.level, dated.month_level) + scatter.weekday_deviation) - 0.5
        )
        * case when dated.is_promotion then {{ var('volume_promotion_factor') }} else 1 end as events_high,
        greatest(
            power({{ var('volume_least_scatter') }}, 2),
            power({{ var('volume_scatter_factor') }} * scatter.spread, 2) - 1.0 / (exp(scatter.usual_level) + 0.5)
        ) as scatter_squared
    from {{ ref('int_volumes__levels') }} as dated
    left join scatter
        on scatter.series_key = dated.series_key
        and scatter.event_date = dated.event_date
),

bounded as (
    select
        *,
        greatest(0.0, events_seen) as events,
        greatest(events_low, least(greatest(0.0, events_seen), events_high)) as events_allowed
    from expected
)

select
    series_key,
    source,
    stream,
    account,
    market,
    measure,
    is_views,
    event_date,
    last_date,
    value,
    is_read,
    is_promotion,
    same_weekdays,
    events_expected,
    events,
    events_high,
    events_allowed,
    scatter_squared,
    cast(round(events_expected * value_per_event) as bigint) as expected_value,
    case
        when same_weekdays < {{ var('volume_least_weekdays') }} then null
        -- The logarithm makes too much of low figures that come in bunches, the cube root of the smallest:
        -- the milder counts.
        when events < events_allowed then greatest(
            {{ distance_evened('events', 'events_allowed', 'scatter_squared') }},
            {{ distance_of_cube_roots('events', 'events_allowed', 'scatter_squared') }}
        )
        else {{ distance_evened('events', 'events_allowed', 'scatter_squared') }}
    end as z
from bounded
