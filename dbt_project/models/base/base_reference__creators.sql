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
),

current_rows as (
    {{ current_in_snapshot('reference', 'creators', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when creator_id is null then 'missing_key'
        end as broken_rule
    from current_rows
),

kept as (
    {{ keep_first_of_key('judged', ['creator_id']) }}
)

select * from kept
