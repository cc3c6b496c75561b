-- Amazon states which units came back, and no money. Units go to the lines of their order and SKU in order.
with changes as (
    select
        lines.conversion_id,
        returned._commit,
        returned.known_at,
        returned.event_at,
        returned.direction * (
            least(returned.units_upto, lines.quantity_upto)
            - greatest(returned.units_before, lines.quantity_upto - lines.quantity)
        ) as returned_change
    from {{ ref('int_orders__returned_units') }} as returned
    join {{ ref('int_orders__amazon_quantities') }} as lines
        on lines.order_id = returned.order_id
        and lines.sku = returned.sku
        and lines.quantity_upto > returned.units_before
        and lines.quantity_upto - lines.quantity < returned.units_upto
)

select
    conversion_id,
    _commit,
    max(known_at) as known_at,
    max(event_at) as event_at,
    cast(sum(returned_change) as bigint) as returned_change
from changes
group by conversion_id, _commit
having sum(returned_change) <> 0
