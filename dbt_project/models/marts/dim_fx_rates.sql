select
    rate_date,
    currency,
    units_per_eur
from {{ ref('stg_reference__fx_rates') }}
