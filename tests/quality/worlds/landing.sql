-- The streams' rows are made by conftest; here is what the checks of single streams need besides.
update incoming.manifests set window_from = date '2026-10-20', window_to = date '2026-11-02' where source = 'amazon_seller';
update incoming.tiktok_ads__ad_report_daily set stat_time_day = '2026-11-0' || _row || ' 00:00:00', advertiser_id = '1';

insert into raw.manifests
select * replace (3 as _commit, 'earlier' as manifest_id) from incoming.manifests where stream = 'ad_report_daily';
insert into raw.tiktok_ads__ad_report_daily
select * replace (3 as _commit, 'earlier' as _manifest_id) from incoming.tiktok_ads__ad_report_daily;

update incoming.amazon_seller__sales_and_traffic set date = '2026-11-0' || _row;
insert into raw.manifests
select * replace (3 as _commit, 'earlier' as manifest_id) from incoming.manifests where stream = 'sales_and_traffic';
insert into raw.amazon_seller__sales_and_traffic
select * replace (3 as _commit, 'earlier' as _manifest_id) from incoming.amazon_seller__sales_and_traffic;

update incoming.amazon_seller__order_lines set ship_postal_code = '10115';
update incoming.tiktok_shop__orders set recipient_address_postal_code = '10110-0001';
