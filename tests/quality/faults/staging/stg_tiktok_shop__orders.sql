-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_shop__orders select * from staging.stg_tiktok_shop__orders where line_item_id = 'u1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_shop__orders set currency = 'XQQ' where line_item_id = 'u1';

-- prices_add_up: the platform's discount is no longer taken off the sale price
insert into staging.stg_tiktok_shop__orders select t.* replace ('x' || i as line_item_id, 2000 as sale_price_minor) from staging.stg_tiktok_shop__orders as t, range(6) as units (i) where line_item_id = 'u1';

-- amounts_are_not_negative: a refund comes as a negative price
update staging.stg_tiktok_shop__orders set original_price_minor = -2000, seller_discount_minor = 0, platform_discount_minor = 0, sale_price_minor = -2000 where line_item_id = 'u1';

-- cancelled_orders_say_when: the time of the cancellation is left out
update staging.stg_tiktok_shop__orders set cancelled_at = null where line_item_id = 'u2';

-- orders_are_plausible_in_time: milliseconds were read as seconds
update staging.stg_tiktok_shop__orders set created_at = timestamp '2057-02-11 12:00' where line_item_id = 'u1';

-- sold_skus_are_listed: most of the products have left the list
insert into staging.stg_tiktok_shop__orders select t.* replace ('x' || i as line_item_id, 'gone' as sku_id) from staging.stg_tiktok_shop__orders as t, range(6) as units (i) where line_item_id = 'u1';

-- is_fresh: orders stop two weeks ago
update staging.stg_tiktok_shop__orders set created_at = timestamp '2026-10-20 12:00';

-- statuses_go_forward: a cancelled order is on its way again
insert into base.base_tiktok_shop__order_versions values ('u2', 'in_transit', timestamp '2026-11-03 05:00', 3, null);
