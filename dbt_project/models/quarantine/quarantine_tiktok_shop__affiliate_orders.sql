{{ rejected_rows(ref('base_tiktok_shop__affiliate_orders'), 'tiktok_shop', 'affiliate_orders') }}
