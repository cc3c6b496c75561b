-- natural_key_is_unique: a key comes twice
insert into staging.stg_amazon_ads__sponsored_products_daily select * from staging.stg_amazon_ads__sponsored_products_daily where ad_id = 's1';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_ads__sponsored_products_daily set currency = 'XQQ' where ad_id = 's1';
update staging.stg_amazon_attribution__profiles set currency = 'XQQ' where profile_id = 'p1';

-- spend_is_not_negative: a credit note is booked as spend
update staging.stg_amazon_ads__sponsored_products_daily set spend_minor = -1 where ad_id = 's1';

-- counts_are_not_negative: a count wraps around
update staging.stg_amazon_ads__sponsored_products_daily set claimed_units_14d = -5 where ad_id = 's1';

-- windows_contain_each_other: the columns of 7 and 14 days are swapped
insert into staging.stg_amazon_ads__sponsored_products_daily select t.* replace (date '2026-10-01' + i::int as event_date_source, 9 as claimed_orders_7d) from staging.stg_amazon_ads__sponsored_products_daily as t, range(6) as days (i) where ad_id = 's1' order by i;

-- currency_is_the_profiles: the account moved to another currency
update staging.stg_amazon_ads__sponsored_products_daily set currency = 'GBP' where ad_id = 's1';

-- clicks_stay_below_impressions: a bot clicks all week
update staging.stg_amazon_ads__sponsored_products_daily set clicks = 5000 where ad_id = 's1';

-- is_fresh: the report stops two weeks ago
update staging.stg_amazon_ads__sponsored_products_daily set event_date_source = date '2026-10-20';
