-- natural_key_is_unique: a post is looked at twice on one day
insert into staging.stg_tiktok_organic__videos select * from staging.stg_tiktok_organic__videos where item_id = 'v1';

-- counts_are_not_negative: a counter wraps around
update staging.stg_tiktok_organic__videos set likes = -5 where item_id = 'v1';

-- few_counters_fall: every post begins anew
insert into staging.stg_tiktok_organic__videos
select t.* replace ('n' || i as item_id, snapshot_date - d::int as snapshot_date, video_views * (1 + d) as video_views)
from staging.stg_tiktok_organic__videos as t, range(6) as posts (i), range(2) as days (d) where item_id = 'v1';

-- is_fresh: nobody has looked for a week
update staging.stg_tiktok_organic__videos set snapshot_date = date '2026-10-27';
