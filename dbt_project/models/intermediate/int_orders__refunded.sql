with changes as (
    select
        conversion_id,
        currency,
        refund_change_minor,
        cast(0 as bigint) as returned_change
    from {{ ref('int_orders__shop_refunds') }}
    union all
    select
        conversion_id,
        -- Units came back, whatever the line's currency.
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(0 as bigint) as refund_change_minor,
        returned_change
    from {{ ref('int_orders__amazon_returns') }}
)

select
    conversion_id,
    currency,
    cast(sum(refund_change_minor) as bigint) as refund_minor,
    cast(sum(returned_change) as bigint) as returned_units
from changes
group by conversion_id, currency
having sum(refund_change_minor) <> 0 or sum(returned_change) <> 0
