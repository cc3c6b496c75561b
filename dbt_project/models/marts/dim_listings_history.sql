with versions as (
    select * from {{ ref('base_reference__listing_versions') }}
),

states as (
    {{ states_of_snapshot(
        'reference', 'listings', 'versions',
        ['market', 'asin', 'sku'],
        ['parent_asin', 'product_name', 'category']
    ) }}
)

select
    market,
    asin,
    sku,
    parent_asin,
    product_name,
    category,
    valid_from,
    valid_to,
    is_current
from states
