{{ config(
    materialized=kept_by_rows(),
    incremental_strategy='replace_rows',
    unique_key='conversion_id',
    meta={'replaces': 'int_reach__journeys'},
    on_schema_change='fail'
) }}

-- depends_on: {{ ref('fct_attribution_credit_wide') }}
-- Written after the credit: a build that ends in between reaches the same lines again.
select
    lines.conversion_id,
    lines.converted_day,
    lines.line_fingerprint
from {{ ref('int_reach__lines_found') }} as lines
join {{ ref('int_reach__journeys') }} as reached
    on reached.conversion_id = lines.conversion_id
