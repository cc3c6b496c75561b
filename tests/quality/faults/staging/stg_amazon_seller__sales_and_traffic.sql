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

-- units_agree_with_orders: one order in ten was never read
insert into staging.stg_amazon_seller__sales_and_traffic
select 'US', date '2026-10-12' + i::int, level, if(level = 'asin', 'B01', null), 'USD', 0, 11, 1, 100, 50
from range(7) as days (i), (select unnest(['date', 'asin']) as level) as levels;
insert into staging.stg_amazon_seller__order_lines by name
select 'w' || i as conversion_id, 'w' || i as order_id, 'B01' as asin, 's' as sku, 'US' as market, 10 as quantity, 'USD' as currency,
    1000 as gross_amount_minor, 1000 as net_amount_minor, 'confirmed' as conversion_status,
    timestamp '2026-10-12 18:00' + i::int * interval 1 day as purchased_at
from range(7) as days (i);

-- units_are_those_of_the_orders: an order report of a whole day was lost
insert into staging.stg_amazon_seller__sales_and_traffic
select 'US', date '2026-10-12' + i::int, level, if(level = 'asin', 'B01', null), 'USD', 0, 15, 1, 100, 50
from range(7) as days (i), (select unnest(['date', 'asin']) as level) as levels;
insert into staging.stg_amazon_seller__order_lines by name
select 'w' || i as conversion_id, 'w' || i as order_id, 'B01' as asin, 's' as sku, 'US' as market, 10 as quantity, 'USD' as currency,
    1000 as gross_amount_minor, 1000 as net_amount_minor, 'confirmed' as conversion_status,
    timestamp '2026-10-12 18:00' + i::int * interval 1 day as purchased_at
from range(7) as days (i);
