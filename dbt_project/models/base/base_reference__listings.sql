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
),

current_rows as (
    {{ current_in_snapshot('reference', 'listings', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when market is null or asin is null or sku is null then 'missing_key'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['market', 'asin', 'sku']) }}
)

select * from kept
