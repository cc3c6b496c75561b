-- natural_key_is_unique: a key comes twice
insert into staging.stg_amazon_attribution__products select * from staging.stg_amazon_attribution__products where asin = 'B01';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_attribution__products set currency = 'XQQ' where asin = 'B01';

-- counts_are_not_negative: returns are booked as units below zero
update staging.stg_amazon_attribution__products set halo_units = -2 where asin = 'B01';

-- is_fresh: the report was never read
delete from staging.stg_amazon_attribution__products;

-- tags_are_registered: a new ad group is not registered yet
insert into staging.stg_amazon_attribution__products select * replace (unnest(['g1', 'g9']) as ad_group_id, unnest([187, 9]) as promoted_orders, date '2026-10-30' as event_date_source) from staging.stg_amazon_attribution__products where asin = 'B01';

-- most_tags_are_registered: the registry is of last year
insert into staging.stg_amazon_attribution__products select * replace ('g9' as ad_group_id, 9 as promoted_orders) from staging.stg_amazon_attribution__products where asin = 'B01';
