-- What a line's other recipients leave. A model that finds a touch gives it the whole line; cells may give a part.
with in_cells as (
    select
        cells.line_key,
        max(cells.credit_upto) as credit_upto
    from {{ ref('int_credit__cell_lines') }} as cells
    join {{ ref('int_reach__lines') }} as reached
        on reached.line_key = cells.line_key
    group by cells.line_key
),

credited as (
    select
        lines.line_key,
        cast(case when ends.newest_us is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as house_before,
        cast(case when ends.last_engaged_order is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as engaged_before,
        cast(case when ends.last_amazon_order is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as amazon_before,
        cast(case when ends.last_tiktok_order is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as tiktok_before
    from {{ ref('int_reach__lines') }} as reached
    join {{ ref('int_conversions__converted') }} as lines
        on lines.line_key = reached.line_key
    left join {{ ref('int_journeys__ends') }} as ends
        on ends.line_key = lines.line_key
    left join in_cells as cells
        on cells.line_key = lines.line_key
    where lines.line_key not in (select line_key from {{ ref('int_credit__order_linked_lines') }})
)

select *
from credited
where least(house_before, engaged_before, amazon_before, tiktok_before) < 1000000
