{{ config(
    materialized=kept_by_rows(),
    unique_key='line_key',
    meta={'replaces': 'int_reach__journeys'}
) }}

-- Whose lines the materialization replaces; depends_on: {{ ref('int_reach__journeys') }}
-- The largest table: what many touches have in common is stored once elsewhere, and money is worked out by its readers.
select
    line_key,
    touchpoint_id,
    media_key,
    {{ place_key() }} as place_key,
    -- The one share that depends on instants, and not only on the place.
    cast({{ time_decay_upto('decay_upto - decay_weight') }} as int) as time_decay_before,
    cast({{ time_decay_upto('decay_upto') }} as int) as time_decay_upto
from {{ ref('int_journeys__placed') }}
