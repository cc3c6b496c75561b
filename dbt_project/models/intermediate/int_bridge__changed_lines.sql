-- Lines of which the release before says anything else.
with gone_rows as (
    select * from {{ ref('int_bridge__credit_then') }}
    except all
    select * from {{ ref('int_bridge__credit_now') }}
),

new_rows as (
    select * from {{ ref('int_bridge__credit_now') }}
    except all
    select * from {{ ref('int_bridge__credit_then') }}
),

changed as (
    select conversion_id from gone_rows
    union
    select conversion_id from new_rows
)

select
    changed.conversion_id,
    coalesce(lines_now.net_amount_minor, 0) as net_amount_minor,
    coalesce(lines_now.net_amount_reporting_minor, 0) as net_amount_reporting_minor,
    -- A line that is new, gone, or stands elsewhere than before is other data as a whole.
    coalesce(
        lines_then.platform = lines_now.platform
        and lines_then.event_date_market = lines_now.event_date_market
        and lines_then.currency = lines_now.currency
        and lines_then.reporting_currency = lines_now.reporting_currency
        and lines_then.market is not distinct from lines_now.market,
        false
    ) as is_same_line
from changed
left join {{ source('raw', 'previous_lines') }} as lines_then
    on lines_then.conversion_id = changed.conversion_id
left join {{ ref('fct_order_lines') }} as lines_now
    on lines_now.conversion_id = changed.conversion_id
