-- I10: tags get of a cell's kept orders exactly what was placed, no order is credited beyond itself, and no order that
-- other evidence credits is a cell's.
select
    'placed' as broken,
    ad_group_id as subject,
    placed_micro as expected,
    credited_retained_order_micro as found
from {{ ref('fct_attribution_cells') }}
where placed_micro <> credited_retained_order_micro
union all
select
    'order' as broken,
    conversion_id as subject,
    1000000 as expected,
    sum(credit_upto - credit_before) as found
from {{ ref('int_credit__cell_lines') }}
group by conversion_id
having sum(credit_upto - credit_before) > 1000000
    or max(credit_upto) <> sum(credit_upto - credit_before)
    or min(credit_before) <> 0
    or min(credit_upto - credit_before) <= 0
union all
select
    'linked' as broken,
    credit.conversion_id as subject,
    0 as expected,
    1 as found
from {{ ref('int_credit__cell_lines') }} as credit
join {{ ref('int_cells__lines') }} as lines
    on lines.conversion_id = credit.conversion_id
where lines.is_order_linked
