-- few_rows_are_quarantined: most rows cannot be typed
update base.base_tiktok_ads__ad_report_hourly set reject_rule = 'unparseable_number' where _commit = 2;
