{{ config(materialized='view') }}

with landed as (
    select * from {{ raw_relation('reference', 'creators') }}
),

typed as (
    select
        {{ clean_text('creator_id') }} as creator_id,
        {{ clean_text('handle') }} as handle,
        upper({{ clean_text('country') }}) as country,
        {{ landing_columns() }}
    from landed
)

select
    typed.*,
    case
        when _reject is not null then 'malformed'
        when creator_id is null then 'missing_key'
    end as broken_rule
from typed
