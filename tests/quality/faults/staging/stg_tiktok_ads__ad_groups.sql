-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_ads__ad_groups select * from staging.stg_tiktok_ads__ad_groups where ad_group_id = 'g1';
