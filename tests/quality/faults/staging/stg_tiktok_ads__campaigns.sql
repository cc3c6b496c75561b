-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_ads__campaigns select * from staging.stg_tiktok_ads__campaigns where campaign_id = 'c1';
