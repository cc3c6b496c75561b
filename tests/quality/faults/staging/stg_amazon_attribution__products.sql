-- natural_key_is_unique: a key comes twice
insert into staging.stg_amazon_attribution__products select * from staging.stg_amazon_attribution__products where asin = 'B01';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_attribution__products set currency = 'XQQ' where asin = 'B01';

-- counts_are_not_negative: returns are booked as units below zero
update staging.stg_amazon_attribution__products set halo_units = -2 where asin = 'B01';

-- is_fresh: the report was never read
delete from staging.stg_amazon_attribution__products;
