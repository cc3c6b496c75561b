-- few_rows_are_quarantined: most rows cannot be typed
update base.base_amazon_ads__sponsored_products_daily set reject_rule = 'unparseable_number' where _commit = 2;
