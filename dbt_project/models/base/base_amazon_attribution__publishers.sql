with landed as (
    select * from {{ raw_relation('amazon_attribution', 'publishers') }}
),

typed as (
    select
        coalesce({{ clean_text('profile_id') }}, {{ clean_text('_account') }}) as profile_id,
        {{ clean_text('id') }} as publisher_id,
        {{ clean_text('name') }} as publisher,
        case lower({{ clean_text('macro_enabled') }}) when 'true' then true when 'false' then false end as has_macros,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('amazon_attribution', 'publishers', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when profile_id is null or publisher_id is null then 'missing_key'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['profile_id', 'publisher_id']) }}
)

select * from kept
