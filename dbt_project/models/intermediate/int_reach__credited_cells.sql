{{ config(
    materialized=kept_by_rows(),
    unique_key='line_key',
    meta={'replaces': 'int_reach__lines'}
) }}

-- depends_on: {{ ref('int_credit__unified') }}
-- Written after the credit: a build that ends in between reaches the same lines again.
select
    cells.line_key,
    cells.cell_fingerprint
from {{ ref('int_reach__cells_found') }} as cells
join {{ ref('int_reach__lines') }} as reached
    on reached.line_key = cells.line_key
