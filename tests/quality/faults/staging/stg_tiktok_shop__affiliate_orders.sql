-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_shop__affiliate_orders select * from staging.stg_tiktok_shop__affiliate_orders where content_id = 'v1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_shop__affiliate_orders set currency = 'XQQ' where content_id = 'v1';

-- counts_are_not_negative: a return is booked as a negative quantity
update staging.stg_tiktok_shop__affiliate_orders set quantity = -1 where content_id = 'v1';

-- commission_stays_below_its_base: the rate was read as the amount
update staging.stg_tiktok_shop__affiliate_orders set estimated_commission_minor = 150000 where content_id = 'v1';

-- is_fresh: the listing stops two weeks ago
update staging.stg_tiktok_shop__affiliate_orders set event_date_source = date '2026-10-20';
