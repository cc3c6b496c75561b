{{ rejected_rows(ref('base_tiktok_ads__advertisers'), 'tiktok_ads', 'advertisers') }}
