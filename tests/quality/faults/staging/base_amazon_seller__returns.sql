-- few_rows_are_quarantined: most rows cannot be typed
update base.base_amazon_seller__returns set reject_rule = 'unparseable_number' where _commit = 2;
