-- few_rows_are_quarantined: most rows cannot be typed, none of value
update base.base_tiktok_shop__orders set reject_rule = 'missing_price', sale_price = 0 where _commit = 2 and sale_price = 100 and reject_rule is null;
insert into base.base_tiktok_shop__orders by name select null as reject_rule, 2 as _commit, 's' as shop_id, 1000 as sale_price;

-- little_money_is_quarantined: six dear units of ten thousand are in an unknown currency
insert into base.base_tiktok_shop__orders by name select null as reject_rule, 2 as _commit, 's' as shop_id, 1 as sale_price from range(10000);
insert into base.base_tiktok_shop__orders by name select 'unknown_currency' as reject_rule, 2 as _commit, 's' as shop_id, 500 as sale_price from range(6);
