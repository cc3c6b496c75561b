-- a_complete_extraction_exists: a new account was only read in part
update incoming.manifests set is_complete = false where source = 'tiktok_ads' and stream = 'ads';

-- windows_are_declared: an extraction does not say its window
update incoming.manifests set window_from = null where source = 'amazon_attribution' and stream = 'products';

-- windows_do_not_reach_into_the_future: the window ends next week
update incoming.manifests set window_to = date '2026-11-10' where source = 'amazon_attribution' and stream = 'products';

-- extractions_are_of_the_past: the extracting machine's clock is a day ahead
update incoming.manifests set committed_at = timestamp '2026-11-04 06:00' where stream = 'clicks';

-- fields_are_declared: TikTok sends a metric that nobody has declared
update incoming.manifests set new_fields = 'engaged_view' where source = 'tiktok_ads' and stream = 'ad_report_daily';

-- nothing_is_held: the newest extraction of an account was cut off and nobody has looked at it
insert into overtaken.manifests
select * replace (8 as _commit, 'cut' as manifest_id, true as is_held, '3 rows for everything.' as doubt)
from incoming.manifests where source = 'tiktok_ads' and stream = 'ads';

-- tiktok_ads_is_fresh: the newest day is five days old
update incoming.manifests set window_to = date '2026-10-29' where source = 'tiktok_ads' and stream = 'ad_report_daily';
delete from raw.manifests;

-- tiktok_shop_is_fresh: one shop's affiliate orders are five days old
update incoming.manifests set window_to = date '2026-10-29' where source = 'tiktok_shop' and stream = 'affiliate_orders';
delete from raw.manifests;

-- amazon_ads_is_fresh: the newest day of Sponsored Products is a week old
update incoming.manifests set window_to = date '2026-10-27' where source = 'amazon_ads';
delete from raw.manifests;

-- amazon_attribution_is_fresh: the products report never came
delete from incoming.manifests where source = 'amazon_attribution';

-- amazon_seller_is_fresh: the newest orders are five days old
update incoming.manifests set window_to = date '2026-10-29' where source = 'amazon_seller' and stream = 'order_lines';

-- daily_files_are_there: the newest log of clicks is four days old
update incoming.manifests set account = '2026-10-30.csv' where source = 'links' and stream = 'clicks';

-- restated_days_are_read_again: the newest extraction asks for its last day only
insert into raw.manifests
select * replace (3 as _commit, 'earlier' as manifest_id, timestamp '2026-11-01 05:00' as committed_at)
from incoming.manifests where source = 'amazon_ads';
update incoming.manifests set window_from = window_to where source = 'amazon_ads';

-- restated_days_were_not_skipped_twice: the last days were read alone for a week
insert into raw.manifests
select * replace (3 as _commit, 'earlier' as manifest_id, timestamp '2026-10-27 05:00' as committed_at)
from incoming.manifests where source = 'amazon_ads';
update incoming.manifests set window_from = window_to where source = 'amazon_ads';

-- tiktok_ads_has_not_stopped: nobody read the ads for a week
update incoming.manifests set window_to = date '2026-10-27', window_from = date '2026-10-01' where source = 'tiktok_ads' and stream = 'ad_report_daily';
delete from raw.manifests;

-- tiktok_shop_has_not_stopped: the authorisation of the shop ran out a week ago
update incoming.manifests set window_to = date '2026-10-27', window_from = date '2026-10-01' where source = 'tiktok_shop' and stream in ('orders', 'affiliate_orders');
delete from raw.manifests;

-- amazon_attribution_has_not_stopped: both reports fail for nine days
update incoming.manifests set window_to = date '2026-10-25', window_from = date '2026-10-01' where source = 'amazon_attribution' and stream in ('performance', 'products');
delete from raw.manifests;

-- amazon_ads_has_not_stopped: reports fail for nine days
update incoming.manifests set window_to = date '2026-10-25', window_from = date '2026-10-01' where source = 'amazon_ads' and stream = 'sponsored_products_daily';
delete from raw.manifests;

-- amazon_seller_has_not_stopped: the key of the seller was revoked a week ago
update incoming.manifests set window_to = date '2026-10-27', window_from = date '2026-10-01' where source = 'amazon_seller' and stream = 'order_lines';
delete from raw.manifests;

-- tiktok_organic_is_fresh: the list of one account's posts is five days old
update incoming.manifests set window_to = date '2026-10-29' where source = 'tiktok_organic' and stream = 'videos';

-- tiktok_organic_has_not_stopped: nobody read the posts for a week
update incoming.manifests set window_to = date '2026-10-27' where source = 'tiktok_organic' and stream = 'videos';

-- exchange_rates_are_fresh: the newest rate is Wednesday's, three business days before the gate's Tuesday
update incoming.reference__fx_rates set rate_date = '2026-10-28';
