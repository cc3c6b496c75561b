-- natural_key_is_unique: a day comes twice
insert into staging.stg_amazon_seller__sales_and_traffic select * from staging.stg_amazon_seller__sales_and_traffic where report_level = 'date';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_seller__sales_and_traffic set currency = 'XQQ' where asin = 'B01';

-- counts_are_not_negative: returns are booked as units below zero
update staging.stg_amazon_seller__sales_and_traffic set units_ordered = -2 where asin = 'B01';

-- products_stay_within_their_day: a product of another day is added
insert into staging.stg_amazon_seller__sales_and_traffic select * replace ('B09' as asin, 70 as units_ordered) from staging.stg_amazon_seller__sales_and_traffic where asin = 'B01';

-- sessions_stay_within_page_views: sessions and page views are swapped
update staging.stg_amazon_seller__sales_and_traffic set sessions = page_views, page_views = sessions where asin = 'B01';

-- is_fresh: the report stops two weeks ago
update staging.stg_amazon_seller__sales_and_traffic set event_date_source = date '2026-10-20';
