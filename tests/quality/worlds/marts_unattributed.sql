create schema if not exists intermediate;
create table intermediate.int_unattributed__weekly as
select
    'amazon' as platform,
    'US' as market,
    date '2026-10-12' - cast(7 * week as integer) as week_start,
    100.0 as orders,
    0.6 as unattributed_share,
    0.5 as least_share,
    0.7 as greatest_share,
    week = 0 as is_newest,
    case when week = 3 then 'warn' else 'usual' end as verdict
from range(9) as weeks_before (week);
