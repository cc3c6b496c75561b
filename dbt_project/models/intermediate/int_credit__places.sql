{{ config(
    materialized=kept_by_rows(),
    unique_key='place_key',
    meta={'replaces': 'int_credit__places_found'}
) }}

-- Whose rows the materialization replaces; what credit of earlier runs refers to stays.
select * from {{ ref('int_credit__places_found') }}
