-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_shop__refunds select * replace (0 as refund_minor) from staging.stg_tiktok_shop__refunds where return_line_item_id = 'f1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_shop__refunds set currency = 'XQQ' where return_line_item_id = 'f1';

-- amounts_are_not_negative: a refund is booked as a negative sale
update staging.stg_tiktok_shop__refunds set refund_minor = -1400, return_refund_minor = -1400 where return_line_item_id = 'f1';

-- units_add_up_to_the_return: units carry the amount of the whole return
insert into staging.stg_tiktok_shop__refunds select t.* replace ('y' || i as return_id, 'x' || i as return_line_item_id, 2800 as return_refund_minor) from staging.stg_tiktok_shop__refunds as t, range(6) as returns (i) where return_line_item_id = 'f1';

-- refunds_belong_to_orders: orders of the time before were never loaded
insert into staging.stg_tiktok_shop__refunds select t.* replace ('y' || i as return_id, 'x' || i as return_line_item_id, 'gone' as line_item_id) from staging.stg_tiktok_shop__refunds as t, range(6) as returns (i) where return_line_item_id = 'f1';
