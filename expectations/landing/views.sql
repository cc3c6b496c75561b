-- The day to which freshness is held: now, but a rebuild of a past state is as old as that state. Where nothing is built, as by
-- `phygital validate landing`, the caller says of what moment the knowledge is.
create or replace temp macro day_known() as least(
    cast(getvariable('evaluated_at') as date),
    cast(coalesce(getvariable('known_at'), (select max(known_at) from raw.build)) as date)
);
-- By how many days the newest window of each stream of an API may end before the build, as src/.../streams.py declares it
-- (due_days; SQL cannot ask Python, and a test holds the two together), and whether its source is nothing without it.
create or replace temp view streams_due as
select *
from (
    values
    ('tiktok_ads', 'advertisers', 3, false),
    ('tiktok_ads', 'campaigns', 3, false),
    ('tiktok_ads', 'ad_groups', 3, false),
    ('tiktok_ads', 'ads', 3, false),
    ('tiktok_ads', 'ad_report_daily', 3, true),
    ('tiktok_ads', 'ad_report_hourly', 2, false),
    ('tiktok_organic', 'videos', 3, false),
    ('tiktok_organic', 'account_daily', 3, true),
    ('tiktok_shop', 'shops', 3, false),
    ('tiktok_shop', 'orders', 3, true),
    ('tiktok_shop', 'refunds', 3, false),
    ('tiktok_shop', 'affiliate_orders', 3, false),
    ('tiktok_shop', 'products', 3, false),
    ('amazon_attribution', 'profiles', 4, false),
    ('amazon_attribution', 'publishers', 4, false),
    ('amazon_attribution', 'performance', 4, true),
    ('amazon_attribution', 'products', 4, false),
    ('amazon_ads', 'sponsored_products_daily', 4, true),
    ('amazon_seller', 'order_lines', 3, true),
    ('amazon_seller', 'returns', 3, false),
    ('amazon_seller', 'sales_and_traffic', 5, false),
    ('amazon_seller', 'order_metrics_hourly', 2, false),
    ('amazon_seller', 'search_query_performance', 13, false)
) as listed (source, stream, due_days, is_main);
