-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_shop__refunds select * replace (0 as refund_minor) from staging.stg_tiktok_shop__refunds where return_line_item_id = 'f1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_shop__refunds set currency = 'XQQ' where return_line_item_id = 'f1';

-- amounts_are_not_negative: a refund is booked as a negative sale
update staging.stg_tiktok_shop__refunds set refund_minor = -1400, return_refund_minor = -1400 where return_line_item_id = 'f1';

-- units_add_up_to_the_return: units lost most of their amount
insert into staging.stg_tiktok_shop__refunds select t.* replace ('y' || i as return_id, 'x' || i as return_line_item_id, 1 as refund_minor, 2800 as return_refund_minor) from staging.stg_tiktok_shop__refunds as t, range(6) as returns (i) where return_line_item_id = 'f1';

-- refunds_belong_to_orders: orders of the time before were never loaded
insert into staging.stg_tiktok_shop__refunds select t.* replace ('y' || i as return_id, 'x' || i as return_line_item_id, 'gone' as line_item_id) from staging.stg_tiktok_shop__refunds as t, range(6) as returns (i) where return_line_item_id = 'f1';

-- refunds_stay_within_their_sale: a refund is sent in another currency
update staging.stg_tiktok_shop__refunds set refund_minor = 140000, return_refund_minor = 140000 where return_id = 'r1';

-- refunds_follow_their_order: the return carries the year before
update staging.stg_tiktok_shop__refunds set created_at = timestamp '2025-11-02 18:00' where return_id = 'r1';
