-- few_rows_are_quarantined: most rows cannot be typed, none of value
update base.base_amazon_seller__order_lines set reject_rule = 'missing_price', item_price = 0 where _commit = 2 and item_price = 100 and reject_rule is null;
insert into base.base_amazon_seller__order_lines by name select null as reject_rule, 2 as _commit, 'm' as marketplace_id, 1000 as item_price;

-- little_money_is_quarantined: six dear orders of ten thousand are in an unknown currency
insert into base.base_amazon_seller__order_lines by name select null as reject_rule, 2 as _commit, 'm' as marketplace_id, 1 as item_price from range(10000);
insert into base.base_amazon_seller__order_lines by name select 'unknown_currency' as reject_rule, 2 as _commit, 'm' as marketplace_id, 500 as item_price from range(6);
