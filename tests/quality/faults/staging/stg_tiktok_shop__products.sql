-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_shop__products select * from staging.stg_tiktok_shop__products where sku_id = 'k1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_shop__products set currency = 'XQQ' where sku_id = 'k1';
