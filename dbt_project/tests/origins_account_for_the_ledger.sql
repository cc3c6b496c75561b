-- Orders that are in the ledger are counted as own sales, and no others.
with counted as (
    select
        platform,
        sum(orders) as orders,
        sum(lines) as lines
    from {{ ref('mart_order_origins') }}
    where is_in_ledger
    group by platform
),

ledger as (
    select
        platform,
        count(distinct order_id) as orders,
        count(*) as lines
    from {{ ref('fct_order_lines') }}
    where platform <> 'events'
    group by platform
)

select
    coalesce(counted.platform, ledger.platform) as platform,
    counted.lines as counted_lines,
    ledger.lines as ledger_lines
from counted
full outer join ledger
    on ledger.platform = counted.platform
where coalesce(counted.orders, 0) <> coalesce(ledger.orders, 0)
    or coalesce(counted.lines, 0) <> coalesce(ledger.lines, 0)
