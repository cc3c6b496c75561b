select
    shop_id,
    product_id,
    sku_id,
    seller_sku,
    product_name,
    product_status,
    sku_status,
    is_not_for_sale,
    created_at,
    updated_at,
    currency,
    price_minor
from {{ ref('base_tiktok_shop__products') }}
where reject_rule is null
