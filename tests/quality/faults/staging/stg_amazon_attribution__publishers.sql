-- natural_key_is_unique: a key comes twice
insert into staging.stg_amazon_attribution__publishers select * from staging.stg_amazon_attribution__publishers where publisher_id = '12';
