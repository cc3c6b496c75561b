-- natural_key_is_unique: a key comes twice
insert into staging.stg_links__registrations select * from staging.stg_links__registrations where order_id = 'o1';
