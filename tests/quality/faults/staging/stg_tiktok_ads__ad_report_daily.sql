-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_ads__ad_report_daily select * from staging.stg_tiktok_ads__ad_report_daily where ad_id = 'a1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_ads__ad_report_daily set currency = 'XQQ' where ad_id = 'a1';

-- spend_is_not_negative: a credit note is booked as spend
update staging.stg_tiktok_ads__ad_report_daily set spend_minor = -1 where ad_id = 'a1';

-- counts_are_not_negative: a count wraps around
update staging.stg_tiktok_ads__ad_report_daily set likes = -5 where ad_id = 'a1';

-- views_follow_their_order: plays and two-second views are swapped
insert into staging.stg_tiktok_ads__ad_report_daily select t.* replace (date '2026-09-01' + i::int as event_date_source, 300 as video_plays, 900 as views_2s) from staging.stg_tiktok_ads__ad_report_daily as t, range(6) as days (i) where ad_id = 'a1' order by i;

-- clicks_stay_below_impressions: a bot clicks all week
update staging.stg_tiktok_ads__ad_report_daily set clicks = 5000 where ad_id = 'a1';

-- spend_has_impressions: the delivery columns are late
update staging.stg_tiktok_ads__ad_report_daily set impressions = 0, video_plays = 0, views_2s = 0, clicks = 0 where ad_id = 'a1';

-- reported_ads_are_known: the list of ads was cut
delete from staging.stg_tiktok_ads__ads where ad_id = 'a2';

-- is_fresh: the report stops two weeks ago
update staging.stg_tiktok_ads__ad_report_daily set event_date_source = date '2026-10-20';

-- covered_days_have_rows: a day in the middle of a campaign is late
insert into staging.stg_tiktok_ads__ad_report_daily select t.* replace (date '2026-10-26' + i::int as event_date_source) from staging.stg_tiktok_ads__ad_report_daily as t, range(6) as days (i) where ad_id = 'a1';
insert into base.base__covers values ('tiktok_ads', 'ad_report_daily', '1', '', date '2026-11-01', 2);

-- plays_are_watched: bots play a video
insert into staging.stg_tiktok_ads__ad_report_daily select t.* replace (date '2026-11-01' as event_date_source, 9000 as impressions, 9000 as video_plays) from staging.stg_tiktok_ads__ad_report_daily as t where ad_id = 'a1'; insert into staging.stg_tiktok_ads__ad_report_daily select t.* replace (date '2026-10-31' as event_date_source) from staging.stg_tiktok_ads__ad_report_daily as t where ad_id = 'a1' and event_date_source = date '2026-11-02';
