-- What stopped ads and posts brought in their last week, on each of the days on which it is still part of the week
-- before; and on their last day, of which they had a part only, what they had brought in the week before it less what
-- they still brought.
with ends as (
    select
        *,
        max(event_date) over (partition by source, account, unit_id) as last_date
    from {{ ref('int_volumes__units') }}
    where is_stopped and events > 0
),

missing as (
    select
        source,
        account,
        events,
        {{ each_day(add_days('last_date', '1'), add_days('event_date', '7')) }} as event_date
    from ends
    where event_date > {{ add_days('last_date', '-7') }}
    union all
    select
        source,
        account,
        greatest(0, sum(case when event_date < last_date then events else -7 * events end)) as events,
        last_date as event_date
    from ends
    where event_date >= {{ add_days('last_date', '-7') }}
    group by source, account, unit_id, last_date
),

stopped as (
    select
        source,
        account,
        event_date,
        sum(events) as stopped_events
    from missing
    group by source, account, event_date
)

select
    stopped.source,
    stopped.account,
    stopped.event_date,
    greatest(0.0, 1.0 - stopped.stopped_events / sum(units.events)) as live_share
from stopped
join {{ ref('int_volumes__units') }} as units
    on units.source = stopped.source
    and units.account = stopped.account
    and units.event_date < stopped.event_date
    and units.event_date >= {{ add_days('stopped.event_date', '-7') }}
group by stopped.source, stopped.account, stopped.event_date, stopped.stopped_events
having sum(units.events) > 0
