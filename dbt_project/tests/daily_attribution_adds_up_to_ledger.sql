-- The daily mart holds the ledger's credit, money and orders, the latter to the rounding of a millionth per row.
with daily as (
    select
        attribution_model,
        sum(credit_micro) as credit_micro,
        sum(attributed_amount_minor) as amount_minor,
        sum(orders) as orders
    from {{ ref('mart_attribution_daily') }}
    group by attribution_model
),

ledger as (
    select
        count(*) * 1000000 as credit_micro,
        coalesce(sum(net_amount_minor), 0) as amount_minor,
        count(distinct concat(platform, '|', order_id)) as orders
    from {{ ref('fct_order_lines') }}
)

select *
from daily
cross join ledger
where daily.credit_micro <> ledger.credit_micro
    or daily.amount_minor <> ledger.amount_minor
    or abs(daily.orders - ledger.orders)
    > 0.000001 * (select count(*) from {{ ref('int_attribution__order_credit') }})
