create table mart_volume_daily as
select
    'tiktok_ads.ad_report_daily.impressions:1' as series_key,
    'tiktok_ads' as source,
    'ad_report_daily' as stream,
    'impressions' as measure,
    'US' as market,
    date '2026-10-30' - cast(7 * week as integer) as event_date,
    week = 0 as is_newest,
    case when week = 1 then 'block' else 'usual' end as verdict
from range(3) as weeks_before (week);
