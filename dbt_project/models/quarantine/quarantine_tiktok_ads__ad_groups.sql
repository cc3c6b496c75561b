{{ rejected_rows(ref('base_tiktok_ads__ad_groups'), 'tiktok_ads', 'ad_groups') }}
