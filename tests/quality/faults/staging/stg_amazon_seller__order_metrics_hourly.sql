-- natural_key_is_unique: an hour of a product comes twice, without a sale
insert into staging.stg_amazon_seller__order_metrics_hourly select * replace (0 as units) from staging.stg_amazon_seller__order_metrics_hourly where asin = 'B01';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_seller__order_metrics_hourly set currency = 'XQQ' where asin = 'B01';

-- counts_are_not_negative: cancellations are booked below zero
update staging.stg_amazon_seller__order_metrics_hourly set orders = -1 where asin = 'B01';

-- hours_last_an_hour: days are told instead of hours
update staging.stg_amazon_seller__order_metrics_hourly set hour_ended_at = timestamp '2026-11-03 09:00' where asin = 'B01';

-- days_have_their_hours: a day is told in two zones
insert into staging.stg_amazon_seller__order_metrics_hourly select t.* replace (hour_started_at + interval 1 hour * i as hour_started_at, hour_ended_at + interval 1 hour * i as hour_ended_at) from staging.stg_amazon_seller__order_metrics_hourly as t, range(2, 5) as numbers (i) where report_level = 'total' and units = 4;

-- products_stay_within_their_hour: a product counts twice
insert into staging.stg_amazon_seller__order_metrics_hourly select * replace ('B09' as asin, 70 as units) from staging.stg_amazon_seller__order_metrics_hourly where asin = 'B01';

-- is_fresh: the hours stop two weeks ago
update staging.stg_amazon_seller__order_metrics_hourly set event_date_source = date '2026-10-20';
