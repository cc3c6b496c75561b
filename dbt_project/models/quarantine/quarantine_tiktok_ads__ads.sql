{{ rejected_rows(ref('base_tiktok_ads__ads'), 'tiktok_ads', 'ads') }}
