-- a_complete_extraction_exists: a new account was only read in part
update incoming.manifests set is_complete = false where source = 'tiktok_ads' and stream = 'ads';

-- windows_are_declared: an extraction does not say its window
update incoming.manifests set window_from = null where source = 'amazon_attribution' and stream = 'products';

-- windows_do_not_reach_into_the_future: the window ends next week
update incoming.manifests set window_to = date '2026-11-10' where source = 'amazon_attribution' and stream = 'products';

-- extractions_are_of_the_past: the extracting machine's clock is a day ahead
update incoming.manifests set committed_at = timestamp '2026-11-04 06:00' where stream = 'clicks';

-- tiktok_ads_is_fresh: the newest day is a week old
update incoming.manifests set window_to = date '2026-10-27' where source = 'tiktok_ads' and stream = 'ad_report_daily';
delete from raw.manifests;

-- amazon_attribution_is_fresh: the products report never came
delete from incoming.manifests where source = 'amazon_attribution';

-- amazon_seller_is_fresh: the newest orders are a week old
update incoming.manifests set window_to = date '2026-10-27' where source = 'amazon_seller';
