with versions as (
    select * from {{ ref('base_tiktok_shop__product_versions') }}
),

states as (
    {{ states_of_snapshot(
        'tiktok_shop', 'products', 'versions',
        ['shop_id', 'product_id', 'sku_id'],
        ['seller_sku', 'product_name', 'product_status', 'currency', 'price_minor']
    ) }}
)

select
    shop_id,
    product_id,
    sku_id,
    seller_sku,
    product_name,
    product_status,
    currency,
    price_minor,
    valid_from,
    valid_to,
    is_current
from states
