-- Amazon counts an order once per ASIN, however many rows the orders report has of it.
with pairs as (
    select
        lines.market,
        lines.asin,
        lines.cell_date,
        lines.order_id,
        min(lines.conversion_id) as pair_id,
        max(case when lines.is_retained then 1 else 0 end) = 1 as is_retained,
        max(case when lines.is_order_linked then 1 else 0 end) = 1 as is_order_linked,
        max(case when lines.has_code then 1 else 0 end) = 1 as has_code,
        min(lines.code_creator_id) as code_creator_id,
        min(clicks.ad_group_id) as clicked_ad_group_id
    from {{ ref('int_cells__lines') }} as lines
    left join {{ ref('int_cells__tag_clicks') }} as clicks
        on clicks.conversion_id = lines.conversion_id
    group by lines.market, lines.asin, lines.cell_date, lines.order_id
)

select
    pairs.*,
    -- Number among the pairs that a tag can have sold, those still kept first: the rest take their turn again.
    row_number() over (
        partition by market, asin, cell_date, is_order_linked
        order by is_retained desc, pair_id
    ) as pair_number,
    cast(sum(case when is_retained then 1 else 0 end) over (
        partition by market, asin, cell_date, is_order_linked
    ) as bigint) as retained_pairs
from pairs
