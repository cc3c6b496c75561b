-- I7: credit that was kept from an earlier run is of lines that are still there and still the same, or it would have
-- been made anew; and every line has some.
select
    coalesce(credit.conversion_id, lines.conversion_id) as conversion_id,
    credit.conversion_status as credited_status,
    lines.conversion_status
from {{ ref('fct_attribution_credit_wide') }} as credit
full outer join {{ ref('int_conversions__converted') }} as lines
    on lines.conversion_id = credit.conversion_id
where credit.conversion_id is null
    or lines.conversion_id is null
    or credit.platform <> lines.platform
    or credit.converted_at <> lines.converted_at
    or credit.conversion_status <> lines.conversion_status
    or credit.market is distinct from lines.market
    or credit.currency is distinct from lines.currency
