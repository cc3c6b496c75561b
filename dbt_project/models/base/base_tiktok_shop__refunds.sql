select * from {{ ref('base_tiktok_shop__refund_versions') }}
where is_current
