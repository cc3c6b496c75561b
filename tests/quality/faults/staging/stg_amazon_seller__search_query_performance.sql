-- natural_key_is_unique: a query comes twice
insert into staging.stg_amazon_seller__search_query_performance select * from staging.stg_amazon_seller__search_query_performance where asin = 'B01';

-- counts_are_not_negative: a count wraps around
update staging.stg_amazon_seller__search_query_performance set asin_clicks = -5 where asin = 'B01';

-- weeks_run_from_sunday_to_saturday: a month is told instead of a week
update staging.stg_amazon_seller__search_query_performance set week_end = date '2026-10-31' where asin = 'B01';

-- products_are_part_of_their_query: the product's and the query's clicks are swapped
insert into staging.stg_amazon_seller__search_query_performance select t.* replace ('query ' || i as search_query, 900 as asin_clicks) from staging.stg_amazon_seller__search_query_performance as t, range(6) as numbers (i) where asin = 'B01';
