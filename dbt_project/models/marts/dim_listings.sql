select
    market,
    asin,
    sku,
    parent_asin,
    product_name,
    category
from {{ ref('stg_reference__listings') }}
