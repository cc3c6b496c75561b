select
    lines.*,
    cast(lines.converted_at as date) as event_date_utc,
    -- Without a known market the UTC date stands in.
    coalesce(
        {{ date_in_zone('lines.converted_at', 'markets.time_zone') }},
        cast(lines.converted_at as date)
    ) as event_date_market
from {{ ref('int_conversions__refunded') }} as lines
left join {{ ref('stg_reference__markets') }} as markets
    on markets.market = lines.market
