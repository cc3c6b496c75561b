{{ config(
    materialized=kept_by_rows(),
    unique_key='conversion_id',
    meta={'replaces': 'int_reach__lines'}
) }}

-- Whose lines the materialization replaces; depends_on: {{ ref('int_reach__lines') }}
-- The widest and largest table: what can be worked out from it, as money, is (fct_attribution_credit_wide).
select * from {{ ref('int_credit__journey_touches') }}
union all
select * from {{ ref('int_credit__without_path') }}
