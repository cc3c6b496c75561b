select * from {{ ref('base_tiktok_shop__order_versions') }}
where is_current
