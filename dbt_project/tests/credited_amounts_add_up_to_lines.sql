-- In every model, a line's amounts add up to its net amount, in its own and in the reporting currency; unknown stays unknown.
select
    lines.conversion_id,
    credit.attribution_model,
    lines.net_amount_minor,
    sum(credit.attributed_amount_minor) as attributed_amount_minor,
    lines.net_amount_reporting_minor,
    sum(credit.attributed_amount_reporting_minor) as attributed_amount_reporting_minor
from {{ ref('fct_order_lines') }} as lines
join {{ ref('fct_attribution_credit') }} as credit
    on credit.conversion_id = lines.conversion_id
group by
    lines.conversion_id, credit.attribution_model, lines.net_amount_minor, lines.net_amount_reporting_minor
having sum(credit.attributed_amount_minor) is distinct from lines.net_amount_minor
    or sum(credit.attributed_amount_reporting_minor) is distinct from lines.net_amount_reporting_minor
    or count(credit.attributed_amount_minor) not in (0, count(*))
