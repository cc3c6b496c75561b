-- natural_key_is_unique: a day comes twice
insert into staging.stg_tiktok_organic__account_daily
select * from staging.stg_tiktok_organic__account_daily where business_id = 'b1';

-- counts_are_not_negative: a count wraps around
update staging.stg_tiktok_organic__account_daily set lost_followers = -5 where business_id = 'b1';
