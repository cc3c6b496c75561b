{{ rejected_rows(ref('base_tiktok_shop__products'), 'tiktok_shop', 'products') }}
