with versions as (
    select * from {{ ref('base_reference__listing_versions') }}
),

current_rows as (
    {{ current_in_snapshot('reference', 'listings', 'versions') }}
),

kept as (
    {{ keep_first_of_key('current_rows', ['market', 'asin', 'sku']) }}
)

select * from kept
