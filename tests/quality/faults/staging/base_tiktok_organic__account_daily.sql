-- few_rows_are_quarantined: most rows cannot be typed
update base.base_tiktok_organic__account_daily set reject_rule = 'unparseable_number' where _commit = 2;
