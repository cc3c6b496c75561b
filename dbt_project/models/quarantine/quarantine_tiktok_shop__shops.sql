{{ rejected_rows(ref('base_tiktok_shop__shops'), 'tiktok_shop', 'shops') }}
