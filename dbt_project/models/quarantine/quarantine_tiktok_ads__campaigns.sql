{{ rejected_rows(ref('base_tiktok_ads__campaigns'), 'tiktok_ads', 'campaigns') }}
