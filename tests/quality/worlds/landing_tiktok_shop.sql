-- What the checks of TikTok Shop's streams need besides the rows that conftest makes: an earlier extraction that is known.
update incoming.manifests set window_from = date '2026-10-20', window_to = date '2026-11-02'
where source = 'tiktok_shop' and stream in ('orders', 'refunds');
update incoming.tiktok_shop__affiliate_orders set create_date = '2026-11-0' || _row;
insert into raw.manifests
select * replace (3 as _commit, 'earlier' as manifest_id) from incoming.manifests where stream = 'affiliate_orders';
insert into raw.tiktok_shop__affiliate_orders
select * replace (3 as _commit, 'earlier' as _manifest_id) from incoming.tiktok_shop__affiliate_orders;
