-- Units of an order and SKU are numbered over its lines; a line keeps the most units that any version of it had.
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
)

select
    sizes.*,
    cast(sum(quantity) over (
        partition by order_id, sku
        order by asin, line_ordinal
        rows between unbounded preceding and current row
    ) as bigint) as quantity_upto
from sizes
where quantity > 0
