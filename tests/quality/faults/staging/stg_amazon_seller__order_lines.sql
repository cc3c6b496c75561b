-- natural_key_is_unique: a key comes twice
insert into staging.stg_amazon_seller__order_lines select * from staging.stg_amazon_seller__order_lines where conversion_id = 'l1';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_seller__order_lines set currency = 'XQQ' where conversion_id = 'l1';

-- net_is_gross_less_discount_and_tax: tax that the buyer pays on top is taken off, and the tax that a price includes is not
update staging.stg_amazon_seller__order_lines set net_amount_minor = 1640 where conversion_id = 'l1';
update staging.stg_amazon_seller__order_lines set net_amount_minor = 12000 where conversion_id = 'l4';

-- cancelled_lines_are_worth_nothing: a cancelled line keeps its money
update staging.stg_amazon_seller__order_lines set net_amount_minor = 3000 where conversion_id = 'l2';

-- amounts_are_not_negative: a refund comes as a negative price
update staging.stg_amazon_seller__order_lines set gross_amount_minor = -2000, discount_minor = 0, net_amount_minor = -2000 where conversion_id = 'l1';

-- purchases_are_plausible_in_time: the day was read as the month
update staging.stg_amazon_seller__order_lines set purchased_at = timestamp '2027-02-11 12:00' where conversion_id = 'l1';

-- is_fresh: orders stop two weeks ago
update staging.stg_amazon_seller__order_lines set purchased_at = timestamp '2026-10-20 12:00';

-- statuses_go_forward: a shipped line is pending again
insert into base.base_amazon_seller__order_line_versions values ('l1', 'pending', timestamp '2026-11-03 05:00', 3, null);
