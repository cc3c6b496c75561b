{{ rejected_rows(ref('base_tiktok_shop__refunds'), 'tiktok_shop', 'refunds') }}
