select
    market,
    asin,
    parent_asin,
    sku,
    product_name,
    category
from {{ ref('base_reference__listings') }}
where reject_rule is null
