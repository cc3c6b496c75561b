{{ rejected_rows(ref('base_tiktok_shop__orders'), 'tiktok_shop', 'orders') }}
