with versions as (
    select * from {{ ref('base_tiktok_shop__product_versions') }}
),

current_rows as (
    {{ current_in_snapshot('tiktok_shop', 'products', 'versions') }}
),

kept as (
    {{ keep_first_of_key('current_rows', ['shop_id', 'product_id', 'sku_id']) }}
)

select * from kept
