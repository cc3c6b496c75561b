-- rows_are_unique: a day of a series is told twice
insert into mart_volume_daily from mart_volume_daily limit 1;
-- nothing_blocked_is_published: the newest day was read half, and is in the release all the same
update mart_volume_daily set verdict = 'block' where is_newest;
