{{ config(
    materialized=kept_by_rows(),
    unique_key='conversion_id',
    meta={'replaces': 'int_reach__lines'}
) }}

-- depends_on: {{ ref('int_credit__unified') }}
-- Written after the credit: a build that ends in between reaches the same lines again.
select
    cells.conversion_id,
    cells.cell_fingerprint
from {{ ref('int_reach__cells_found') }} as cells
join {{ ref('int_reach__lines') }} as reached
    on reached.conversion_id = cells.conversion_id
