select
    rate_date,
    currency,
    units_per_eur
from {{ ref('base_reference__fx_rates') }}
where reject_rule is null
