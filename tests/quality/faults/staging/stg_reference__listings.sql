-- natural_key_is_unique: a key comes twice
insert into staging.stg_reference__listings select * from staging.stg_reference__listings where asin = 'B01';
