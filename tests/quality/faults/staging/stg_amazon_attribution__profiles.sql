-- natural_key_is_unique: a key comes twice
insert into staging.stg_amazon_attribution__profiles select * from staging.stg_amazon_attribution__profiles where profile_id = 'p1';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_attribution__profiles set currency = 'XQQ' where profile_id = 'p1';

-- one_seller_per_marketplace: the agency's second client sells in the same country
update staging.stg_amazon_attribution__profiles set marketplace_id = 'us', seller_id = 'another' where profile_id = 'p2';
