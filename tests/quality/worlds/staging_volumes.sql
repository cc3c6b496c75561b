-- A day of each verdict that lets a build pass, and days of the past that did not.
create schema if not exists intermediate;
create table intermediate.int_volumes__verdicts as
select
    'tiktok_ads' as source,
    'ad_report_daily' as stream,
    'impressions' as measure,
    'US' as market,
    date '2026-10-30' - cast(day as integer) as event_date,
    1000 as value,
    1000 as expected_value,
    0.2 as z,
    true as is_read,
    day < 7 as is_newest,
    ['usual', 'explained', 'accepted', 'not_enough_history', 'usual', 'usual', 'usual', 'warn', 'block'][day + 1] as verdict
from range(9) as days_before (day);

create table intermediate.int_volumes__restated as
select
    'tiktok_ads' as source,
    'ad_report_daily' as stream,
    'impressions' as measure,
    'US' as market,
    date '2026-10-05' as week_start,
    7 as least_age_days,
    7000 as value_then,
    7100 as value_now,
    100 as moved_value,
    350 as allowed_value,
    'usual' as verdict;
