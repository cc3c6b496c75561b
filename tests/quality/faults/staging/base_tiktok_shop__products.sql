-- few_rows_are_quarantined: most rows cannot be typed
update base.base_tiktok_shop__products set reject_rule = 'unparseable_number' where _commit = 2;
