with unified as (
    select * from {{ ref('int_conversions__from_amazon') }}
    union all
    select * from {{ ref('int_conversions__from_events') }}
)

select
    unified.*,
    cast(unified.converted_at as date) as event_date_utc,
    -- Without a known market the UTC date stands in.
    coalesce(
        {{ date_in_zone('unified.converted_at', 'markets.time_zone') }},
        cast(unified.converted_at as date)
    ) as event_date_market
from unified
left join {{ ref('stg_reference__markets') }} as markets
    on markets.market = unified.market
