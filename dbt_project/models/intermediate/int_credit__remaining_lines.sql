-- What a line's other recipients leave. A model that finds a touch gives it the whole line; cells may give a part.
with in_cells as (
    select
        conversion_id,
        max(credit_upto) as credit_upto
    from {{ ref('int_credit__cell_lines') }}
    group by conversion_id
),

credited as (
    select
        lines.conversion_id,
        lines.line_kind_key,
        lines.net_amount_minor,
        lines.net_amount_reporting_minor,
        lines.converted_at,
        cast(case when ends.newest_us is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as house_before,
        cast(case when ends.last_engaged_order is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as engaged_before,
        cast(case when ends.last_amazon_order is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as amazon_before,
        cast(case when ends.last_tiktok_order is null then coalesce(cells.credit_upto, 0) else 1000000 end as int)
            as tiktok_before
    from {{ ref('int_credit__lines') }} as lines
    left join {{ ref('int_journeys__ends') }} as ends
        on ends.line_number = lines.line_number
    left join in_cells as cells
        on cells.conversion_id = lines.conversion_id
    where not lines.is_order_linked
)

select
    credited.*,
    'unattributed' as recipient_key,
    'unattributed' as evidence,
    'line' as credit_resolution
from credited
where least(house_before, engaged_before, amazon_before, tiktok_before) < 1000000
