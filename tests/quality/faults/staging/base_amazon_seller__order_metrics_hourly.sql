-- few_rows_are_quarantined: most rows cannot be typed
update base.base_amazon_seller__order_metrics_hourly set reject_rule = 'unparseable_number' where _commit = 2;
