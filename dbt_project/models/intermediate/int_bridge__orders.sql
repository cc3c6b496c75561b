-- Orders do not depend on how they are credited: every difference is data.
with orders as (
    select distinct
        event_date_market,
        platform,
        market,
        currency,
        order_id,
        1 as was_there,
        0 as is_there
    from {{ source('raw', 'previous_lines') }}
    union all
    select distinct
        event_date_market,
        platform,
        market,
        currency,
        order_id,
        0 as was_there,
        1 as is_there
    from {{ ref('fct_order_lines') }}
)

select
    event_date_market,
    platform,
    market,
    currency,
    sum(was_there) as orders_before,
    sum(is_there) as orders_after
from orders
group by event_date_market, platform, market, currency
