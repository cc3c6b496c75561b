select
    products.shop_id,
    products.product_id,
    products.sku_id,
    accounts.market,
    products.seller_sku,
    products.product_name,
    products.product_status,
    products.currency,
    products.price_minor
from {{ ref('stg_tiktok_shop__products') }} as products
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_shop'
    and accounts.account_id = products.shop_id
