{{ config(
    materialized=kept_by_rows(),
    unique_key='line_kind_key',
    meta={'replaces': 'int_credit__line_kinds_found'}
) }}

-- Whose rows the materialization replaces; what credit of earlier runs refers to stays.
select * from {{ ref('int_credit__line_kinds_found') }}
