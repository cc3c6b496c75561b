-- known_days_do_not_vanish: the listing comes back empty
delete from incoming.tiktok_shop__affiliate_orders;
update incoming.manifests set row_count = 0 where stream = 'affiliate_orders';
