{{ config(materialized='view') }}

with landed as (
    select * from {{ raw_relation('reference', 'listings') }}
),

typed as (
    select
        upper({{ clean_text('market') }}) as market,
        upper({{ clean_text('asin') }}) as asin,
        upper({{ clean_text('parent_asin') }}) as parent_asin,
        {{ clean_text('sku') }} as sku,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('category') }} as category,
        {{ landing_columns() }}
    from landed
)

select
    typed.*,
    case
        when _reject is not null then 'malformed'
        when market is null or asin is null or sku is null then 'missing_key'
    end as broken_rule
from typed
