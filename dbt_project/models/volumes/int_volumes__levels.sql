-- What a series was at before each day: its last week and its last month of ordinary days. Growth and campaigns
-- move both;
-- how far the day is from the last week still holds what its weekday does.
with ordinary as (
    select
        series_key,
        event_date,
        log_events,
        row_number() over (partition by series_key order by event_date) as place
    from {{ ref('int_volumes__dated') }}
    where is_ordinary
),

dated as (
    select
        dated.*,
        count(case when is_ordinary then 1 end) over (
            partition by series_key order by event_date rows between unbounded preceding and 1 preceding
        ) as ordinary_days_before
    from {{ ref('int_volumes__dated') }} as dated
),

-- A week of ordinary days, so that each weekday counts once; the days of an event are passed over.
levels as (
    select
        dated.series_key,
        dated.event_date,
        median(case when before.place > dated.ordinary_days_before - 7 then before.log_events end) as level,
        median(before.log_events) as month_level,
        count(*) as level_days
    from dated
    join ordinary as before
        on before.series_key = dated.series_key
        and before.place > dated.ordinary_days_before - 28
        and before.place <= dated.ordinary_days_before
        and before.event_date >= {{ add_days('dated.event_date', '-56') }}
    group by dated.series_key, dated.event_date
)

select
    dated.*,
    levels.level,
    levels.month_level,
    dated.log_events - levels.level as deviation
from dated
left join levels
    on levels.series_key = dated.series_key
    and levels.event_date = dated.event_date
    and levels.level_days >= 7
