-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_ads__ads select * from staging.stg_tiktok_ads__ads where ad_id = 'a1';

-- campaigns_are_known: the list of campaigns was cut
delete from staging.stg_tiktok_ads__campaigns;
