-- natural_key_is_unique: a key comes twice
insert into staging.stg_reference__creators select * from staging.stg_reference__creators where creator_id = 'r1';
