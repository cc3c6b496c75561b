-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_shop__shops select * from staging.stg_tiktok_shop__shops where shop_id = 's1';
