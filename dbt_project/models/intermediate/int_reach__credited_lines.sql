{{ config(
    materialized=kept_by_rows(),
    unique_key='line_key',
    meta={'replaces': 'int_reach__journeys'}
) }}

-- depends_on: {{ ref('int_credit__unified') }}
-- Written after the credit: a build that ends in between reaches the same lines again.
select
    line_key,
    converted_at,
    line_fingerprint
from {{ ref('int_reach__journeys') }}
where line_fingerprint is not null
