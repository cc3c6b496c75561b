-- Amazon's part of a small valid build after the staging layer: as many columns as the checks read.
create table staging.stg_amazon_attribution__profiles as
select
    unnest(['p1', 'p2', 'p3']) as profile_id, 'USD' as currency, unnest(['us', 'uk', null]) as marketplace_id, 'seller' as seller_id;
create table staging.stg_amazon_attribution__performance as
select
    'p1' as profile_id, unnest(['CAMPAIGN', 'CREATIVE', 'CREATIVE']) as report_level, 'c1' as campaign_id,
    unnest([null, 'g1', 'g1']) as ad_group_id, unnest([null, 'x1', 'x2']) as creative_id, date '2026-11-01' as event_date_source,
    unnest([30, 10, 15])::bigint as clicks, unnest([20, 8, 8])::bigint as detail_page_views,
    unnest([9, 3, null])::bigint as add_to_carts, unnest([4, 2, 1])::bigint as orders, unnest([4, 2, 1])::bigint as units,
    unnest([4000, 2000, 1000])::bigint as sales_minor, 'USD' as currency;
create table staging.stg_amazon_attribution__products as
select
    'p1' as profile_id, 'c1' as campaign_id, 'g1' as ad_group_id, unnest(['B01', 'B02']) as asin, 'promoted' as conversion_type,
    date '2026-11-01' as event_date_source, 2::bigint as promoted_orders, 2::bigint as promoted_units,
    2000::bigint as promoted_sales_minor, 0::bigint as halo_orders, 0::bigint as halo_units, 0::bigint as halo_sales_minor,
    'USD' as currency;
create table staging.stg_amazon_attribution__publishers as
select 'p1' as profile_id, unnest(['1', '12']) as publisher_id, unnest(['Google Ads', 'TikTok']) as publisher;
create table staging.stg_amazon_ads__sponsored_products_daily as
select
    unnest(['p1', 'p9']) as profile_id, 'k1' as campaign_id, 'g1' as ad_group_id, unnest(['s1', 's2']) as ad_id, 'B01' as asin,
    date '2026-11-01' as event_date_source, 900::bigint as spend_minor, 'USD' as currency, 1000::bigint as impressions,
    30::bigint as clicks, 4::bigint as claimed_orders_14d, 5::bigint as claimed_units_14d, 3::bigint as claimed_same_sku_orders_14d,
    3::bigint as claimed_same_sku_units_14d, 2::bigint as claimed_orders_7d, null::bigint as claimed_units_7d;
-- Tax is on top of a price in the United States, and part of it in the United Kingdom.
create table staging.stg_amazon_seller__order_lines as
select
    unnest(['l1', 'l2', 'l3', 'l4']) as conversion_id, unnest(['o1', 'o2', 'o3', 'o4']) as order_id, 'B01' as asin, 's' as sku,
    unnest(['US', 'US', 'US', 'UK']) as market, 1::bigint as quantity, unnest(['USD', 'USD', 'USD', 'GBP']) as currency,
    unnest([2000, 3000, null, 12000])::bigint as gross_amount_minor, unnest([200, null, null, null])::bigint as discount_minor,
    unnest([160, null, null, 2000])::bigint as tax_minor, unnest([1800, 0, null, 10000])::bigint as net_amount_minor,
    unnest(['confirmed', 'cancelled', 'pending', 'confirmed']) as conversion_status, timestamp '2026-11-02 12:00' as purchased_at;
create table base.base_amazon_seller__order_line_versions as
select
    'l1' as conversion_id, unnest(['unshipped', 'shipped']) as order_status,
    unnest([timestamp '2026-11-02 13:00', timestamp '2026-11-03 01:00']) as known_at, unnest([1, 2]) as _commit, null::varchar as reject_rule;
create table staging.stg_amazon_seller__returns as
select
    unnest(['o1', 'o2']) as order_id, 's' as sku, unnest(['L1', 'L2']) as license_plate_number, 'US' as market, 1::bigint as quantity,
    date '2026-11-02' as event_date_source;
-- One product of the day is missing, as Amazon leaves some out.
create table staging.stg_amazon_seller__sales_and_traffic as
select
    'US' as market, date '2026-11-01' as event_date_source, unnest(['date', 'asin', 'asin']) as report_level,
    unnest([null, 'B01', 'B02']) as asin, 'USD' as currency, unnest([9000, 4000, 2000])::bigint as ordered_sales_minor,
    unnest([9, 4, 2])::bigint as units_ordered, unnest([8, 4, 2])::bigint as order_items, unnest([200, 90, 60])::bigint as page_views,
    unnest([120, 60, 40])::bigint as sessions;
-- The hour that comes twice when clocks go back.
create table staging.stg_amazon_seller__order_metrics_hourly as
select
    'US' as market, unnest(['total', 'total', 'asin']) as report_level, unnest([null, null, 'B01']) as asin,
    unnest([timestamp '2026-11-01 08:00', timestamp '2026-11-01 09:00', timestamp '2026-11-01 08:00']) as hour_started_at,
    unnest([timestamp '2026-11-01 09:00', timestamp '2026-11-01 10:00', timestamp '2026-11-01 09:00']) as hour_ended_at,
    date '2026-11-01' as event_date_source, 1::bigint as hour_of_day, unnest([4, 0, 2])::bigint as units,
    unnest([4, 0, 2])::bigint as order_items, unnest([3, 0, 2])::bigint as orders, unnest([9996, 0, 4998])::bigint as sales_minor,
    'USD' as currency;
create table staging.stg_amazon_seller__search_query_performance as
select
    'US' as market, unnest(['B01', 'B02']) as asin, 'serum' as search_query, date '2026-10-11' as week_start, date '2026-10-17' as week_end,
    100::bigint as search_volume, 50::bigint as asin_impressions, 40::bigint as total_clicks, 20::bigint as asin_clicks,
    8::bigint as asin_cart_adds, 10::bigint as total_purchases, 5::bigint as asin_purchases;
