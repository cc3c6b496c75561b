-- Amazon states which units came back, and no money. Units go to the lines of their order and SKU in order.
with sizes as (
    select
        conversion_id,
        order_id,
        sku,
        line_ordinal,
        asin,
        max(quantity) as quantity
    from {{ ref('base_amazon_seller__order_line_versions') }}
    where reject_rule is null
    group by conversion_id, order_id, sku, line_ordinal, asin
),

lines as (
    select
        sizes.*,
        cast(sum(quantity) over (
            partition by order_id, sku
            order by asin, line_ordinal
            rows between unbounded preceding and current row
        ) as bigint) as quantity_upto
    from sizes
    where quantity > 0
),

changes as (
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
    join lines
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
