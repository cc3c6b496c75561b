select
    {{ volume_of('links', 'clicks', 'rows', 2) }},
    coalesce(country, '') as account,
    cast(clicked_at as date) as event_date,
    count(*) as value,
    count(*) as events
from {{ ref('stg_links__clicks') }}
group by coalesce(country, ''), cast(clicked_at as date)
union all
select
    {{ volume_of('links', 'registrations', 'rows', 2) }},
    '' as account,
    cast(registered_at as date) as event_date,
    count(*) as value,
    count(*) as events
from {{ ref('stg_links__registrations') }}
group by cast(registered_at as date)
union all
select
    {{ volume_of('events', 'touchpoints', 'rows', 2) }},
    '' as account,
    cast(occurred_at as date) as event_date,
    count(*) as value,
    count(*) as events
from {{ ref('stg_events__touchpoints') }}
group by cast(occurred_at as date)
union all
select
    {{ volume_of('events', 'conversions', 'rows', 2) }},
    '' as account,
    cast(converted_at as date) as event_date,
    count(*) as value,
    count(*) as events
from {{ ref('stg_events__conversions') }}
group by cast(converted_at as date)
