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

-- no_hour_of_a_day_is_lost: the last hour of a settled day, before an hour with few, never came
insert into staging.stg_tiktok_ads__ad_report_daily select t.* replace (date '2026-10-26' + i::int as event_date_source, 2400 as impressions) from staging.stg_tiktok_ads__ad_report_daily as t, range(7) as days (i) where ad_id = 'a1';
insert into base.base__covers select 'tiktok_ads', 'ad_report_hourly', '1', '', date '2026-10-26' + i::int, 2 from range(7) as days (i);
insert into staging.stg_tiktok_ads__ad_report_hourly select t.* replace (timestamp '2026-10-26 05:00' + to_hours(i) as event_hour_utc, date '2026-10-26' + (i // 24)::int as event_date_source) from staging.stg_tiktok_ads__ad_report_hourly as t, range(7 * 24) as hours (i) where ad_id = 'a1';
update staging.stg_tiktok_ads__ad_report_hourly set impressions = 19, video_plays = 19, views_2s = 19 where event_hour_utc = timestamp '2026-10-29 05:00';
delete from staging.stg_tiktok_ads__ad_report_hourly where event_hour_utc = timestamp '2026-10-29 04:00';

-- hours_add_up_to_their_day: a whole day is lost, and of another one four hours of the night
insert into staging.stg_tiktok_ads__ad_report_daily select t.* replace (date '2026-10-26' + i::int as event_date_source, 2400 as impressions) from staging.stg_tiktok_ads__ad_report_daily as t, range(7) as days (i) where ad_id = 'a1';
insert into base.base__covers select 'tiktok_ads', 'ad_report_hourly', '1', '', date '2026-10-26' + i::int, 2 from range(7) as days (i);
insert into staging.stg_tiktok_ads__ad_report_hourly select t.* replace (timestamp '2026-10-26 05:00' + to_hours(i) as event_hour_utc, date '2026-10-26' + (i // 24)::int as event_date_source) from staging.stg_tiktok_ads__ad_report_hourly as t, range(7 * 24) as hours (i) where ad_id = 'a1';
delete from staging.stg_tiktok_ads__ad_report_hourly where event_date_source = date '2026-10-29';
delete from staging.stg_tiktok_ads__ad_report_hourly where event_hour_utc between timestamp '2026-10-31 08:00' and timestamp '2026-10-31 11:00';
