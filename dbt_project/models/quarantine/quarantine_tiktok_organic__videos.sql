{{ rejected_rows(ref('base_tiktok_organic__videos'), 'tiktok_organic', 'videos') }}
