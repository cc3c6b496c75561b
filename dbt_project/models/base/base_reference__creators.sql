with versions as (
    select * from {{ ref('base_reference__creator_versions') }}
),

current_rows as (
    {{ current_in_snapshot('reference', 'creators', 'versions') }}
),

kept as (
    {{ keep_first_of_key('current_rows', ['creator_id']) }}
)

select * from kept
