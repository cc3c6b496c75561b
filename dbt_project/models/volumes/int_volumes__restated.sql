-- Days that the release before had settled, as it told them and as they are told now: what moved, by week of the day.
-- Days that went up and days that went down do not cancel out, and a single day that moved is reported as well.
with then_and_now as (
    select
        previous.series_key,
        previous.source,
        previous.stream,
        previous.account,
        previous.market,
        previous.measure,
        previous.event_date,
        {{ week_of('previous.event_date') }} as week_start,
        case
            when previous.event_date <= {{ add_days('cast(release.known_at as date)', '-28') }} then 28
            else 7
        end as least_age_days,
        previous.value as value_then,
        coalesce(counted.value, 0) as value_now
    from {{ source('raw', 'previous_volumes') }} as previous
    cross join {{ source('raw', 'previous_release') }} as release
    left join {{ ref('int_volumes__counted') }} as counted
        on counted.series_key = previous.series_key
        and counted.event_date = previous.event_date
    left join {{ ref('int_volumes__incomplete') }} as incomplete
        on incomplete.series_key = previous.series_key
        and incomplete.event_date = previous.event_date
    where previous.value > 0
        and incomplete.series_key is null
        and previous.event_date <= {{ add_days('cast(release.known_at as date)', '-7') }}
        -- A tag's tenth click uncovers all that Amazon had hidden of it.
        and not (previous.source = 'amazon_attribution' and previous.measure = 'clicks')
),

units as (
    select
        series_key,
        greatest(1.0, coalesce(median(case when events > 0 then value * 1.0 / events end), 1.0)) as value_per_event
    from {{ ref('int_volumes__counted') }}
    group by series_key
),

-- A week of which a person accepted a day.
accepted as (
    select distinct
        series_key,
        {{ week_of('event_date') }} as week_start
    from (
        select
            series_key,
            {{ each_day('first_date', 'last_date') }} as event_date
        from {{ source('raw', 'accepted_volumes') }}
    ) as days_accepted
),

moved as (
    select
        then_and_now.series_key,
        source,
        stream,
        account,
        market,
        measure,
        week_start,
        least_age_days,
        sum(value_then) as value_then,
        sum(value_now) as value_now,
        sum(abs(value_now - value_then)) as moved_value,
        -- What comes one day at a time is little of any week.
        max(abs(value_now - value_then) - greatest(
            {{ restated_share('least_age_days') }} * value_then,
            {{ var('restated_least_events') }} * coalesce(units.value_per_event, 1.0)
        )) > 0 as has_moved_day,
        max(coalesce(units.value_per_event, 1.0)) as value_per_event
    from then_and_now
    left join units
        on units.series_key = then_and_now.series_key
    group by then_and_now.series_key, source, stream, account, market, measure, week_start, least_age_days
),

bounded as (
    select
        *,
        greatest(
            {{ restated_share('least_age_days') }} * value_then,
            {{ var('restated_least_events') }} * value_per_event
        ) as allowed_value
    from moved
)

select
    bounded.series_key,
    source,
    stream,
    account,
    market,
    measure,
    bounded.week_start,
    least_age_days,
    cast(value_then as bigint) as value_then,
    cast(value_now as bigint) as value_now,
    cast(moved_value as bigint) as moved_value,
    cast(round(allowed_value) as bigint) as allowed_value,
    case
        when (moved_value > allowed_value or has_moved_day) and accepted.series_key is not null then 'accepted'
        when moved_value > 3 * allowed_value then 'block'
        when moved_value > allowed_value or has_moved_day then 'warn'
        else 'usual'
    end as verdict
from bounded
left join accepted
    on accepted.series_key = bounded.series_key
    and accepted.week_start = bounded.week_start
