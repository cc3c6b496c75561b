{{ config(
    materialized=kept_by_rows(),
    unique_key='touch_day',
    meta={'replaces': 'int_reach__changed_days'}
) }}

-- depends_on: {{ ref('int_reach__credited_touches') }}
-- Written after the touches it sums: a build that ends in between looks through these days again.
select
    touch_day,
    touches,
    fingerprint
from {{ ref('int_reach__changed_days') }}
where touches is not null
