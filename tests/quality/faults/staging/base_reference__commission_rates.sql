-- few_rows_are_quarantined: most rows cannot be typed
update base.base_reference__commission_rates set reject_rule = 'unparseable_number' where _commit = 2;
