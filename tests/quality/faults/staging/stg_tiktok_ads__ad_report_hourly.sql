-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_ads__ad_report_hourly select * from staging.stg_tiktok_ads__ad_report_hourly where ad_id = 'a1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_ads__ad_report_hourly set currency = 'XQQ' where ad_id = 'a1';

-- spend_is_not_negative: a credit note is booked as spend
update staging.stg_tiktok_ads__ad_report_hourly set spend_minor = -1 where ad_id = 'a1';

-- counts_are_not_negative: a count wraps around
update staging.stg_tiktok_ads__ad_report_hourly set likes = -5 where ad_id = 'a1';

-- hours_belong_to_their_days: the wall clock of another day
update staging.stg_tiktok_ads__ad_report_hourly set event_hour_utc = timestamp '2026-11-03 18:00' where ad_id = 'a1';

-- no_hour_is_missing: an hour between two busy ones never came
insert into staging.stg_tiktok_ads__ad_report_hourly select * replace (timestamp '2026-11-02 20:00' as event_hour_utc) from staging.stg_tiktok_ads__ad_report_hourly where ad_id = 'a1';

-- hours_add_up_to_their_day: most hours of a settled day are missing
insert into staging.stg_tiktok_ads__ad_report_daily select * replace (date '2026-11-01' as event_date_source) from staging.stg_tiktok_ads__ad_report_daily;
insert into staging.stg_tiktok_ads__ad_report_hourly select * replace (timestamp '2026-11-01 18:00' as event_hour_utc, date '2026-11-01' as event_date_source) from staging.stg_tiktok_ads__ad_report_hourly;
