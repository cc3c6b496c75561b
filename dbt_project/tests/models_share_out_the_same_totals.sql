-- I4: every model shares out the same conversions and the same money.
with totals as (
    select
        attribution_model,
        count(distinct conversion_id) as conversions,
        sum(credit_micro) as credit_micro,
        sum(attributed_amount_minor) as amount_minor,
        sum(attributed_amount_reporting_minor) as amount_reporting_minor
    from {{ ref('fct_attribution_credit') }}
    group by attribution_model
)

select
    min(conversions) as least_conversions,
    max(conversions) as most_conversions,
    min(credit_micro) as least_credit_micro,
    max(credit_micro) as most_credit_micro,
    min(amount_minor) as least_amount_minor,
    max(amount_minor) as most_amount_minor
from totals
having min(conversions) <> max(conversions)
    or min(credit_micro) <> max(credit_micro)
    or min(amount_minor) is distinct from max(amount_minor)
    or min(amount_reporting_minor) is distinct from max(amount_reporting_minor)
    or count(amount_minor) not in (0, count(*))
