{{ rejected_rows(ref('base_tiktok_organic__account_daily'), 'tiktok_organic', 'account_daily') }}
