-- The daily mart holds the ledger's orders in every model, to the rounding of a millionth per row.
with daily as (
    select
        attribution_model,
        sum(orders) as orders
    from {{ ref('mart_attribution_daily') }}
    group by attribution_model
),

ledger as (
    select count(distinct concat(platform, '|', order_id)) as orders
    from {{ ref('fct_order_lines') }}
)

select *
from daily
cross join ledger
where abs(daily.orders - ledger.orders) > 0.000001 * (select count(*) from {{ ref('int_attribution__order_credit') }})
