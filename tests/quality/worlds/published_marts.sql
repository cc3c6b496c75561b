-- Dimensions, facts and marts of the release: as many columns as their checks read.

create table dim_ad_groups as select unnest([1, 2]) as ad_group_id;

create table dim_campaigns_history as select unnest([1, 1, 2]) as campaign_id, unnest([3, 4, 3]) as valid_from;

create table dim_ad_groups_history as select unnest([1, 1, 2]) as ad_group_id, unnest([3, 4, 3]) as valid_from;

create table dim_ads_history as select unnest([1, 1, 2]) as ad_id, unnest([3, 4, 3]) as valid_from;

create table dim_creators_history as select unnest([1, 1, 2]) as creator_id, unnest([3, 4, 3]) as valid_from;

create table dim_listings_history as select 3 as market, unnest([1, 1, 2]) as asin, 3 as sku, unnest([3, 4, 3]) as valid_from;

create table dim_shop_products_history as
select unnest([1, 1, 2]) as shop_id, 3 as product_id, 3 as sku_id, unnest([3, 4, 3]) as valid_from;

create table dim_content as select unnest([1, 2]) as content_id;

create table dim_tags as select unnest([1, 2]) as ad_id;

create table dim_promo_codes as select unnest([1, 2]) as market, 3 as code, 3 as valid_from;

create table dim_promotions as select unnest([1, 2]) as promotion_id;

create table dim_fees as select unnest([1, 2]) as market, 3 as platform, 3 as fee, 3 as valid_from;

create table dim_commission_rates as select unnest([1, 2]) as creator_id, 3 as valid_from;

create table dim_fx_rates as select unnest([1, 2]) as rate_date, 3 as currency;

create table dim_shop_products as select unnest([1, 2]) as shop_id, 3 as product_id, 3 as sku_id;

create table fct_ad_delivery_hourly as select unnest([1, 2]) as advertiser_id, 3 as ad_id, 3 as event_hour_utc;

create table fct_click as select unnest([1, 2]) as click_id;

create table fct_amazon_tag_daily as select unnest([1, 2]) as profile_id, 3 as report_level, 3 as event_date_source, 3 as campaign_id, 3 as ad_group_id, 3 as ad_id, 3 as asin, 3 as product_scope, 3 as currency,
    4::bigint as claimed_orders, unnest([3, null])::bigint as claimed_new_to_brand_orders;

create table mart_live_performance as
select unnest(['r1', 'r2']) as live_room_id, 'US' as market, 'USD' as currency, 3::bigint as orders, 2::bigint as retained_orders;

create table fct_amazon_traffic_daily as select unnest([1, 2]) as marketplace_id, 3 as event_date, 3 as report_level, 3 as asin;

create table fct_branded_search_weekly as select unnest([1, 2]) as marketplace_id, 3 as week_start, 3 as asin, 3 as search_query;

create table mart_creator_pnl_monthly as select unnest([1, 2]) as creator_id, 3 as market, 3 as month_start, 3 as currency;

create table mart_content_virality as select unnest([1, 2]) as content_id;

create table mart_promo_effect as select unnest([1, 2]) as promotion_id, 3 as platform, 3 as period;

create table fct_content_daily as
select 'v1' as content_id, date '2026-11-01' as snapshot_date, 10::bigint as video_views, 6::bigint as paid_views,
    4::bigint as organic_views, 3::bigint as video_views_added, 1::bigint as paid_views_added, false as is_clamped;

create table mart_overclaim_weekly as
select
    date '2026-10-26' as week_start, 'tiktok_ads' as claim_platform, unnest(['conversion', 'affiliate']) as claim_method, 'US' as market,
    unnest([3, 1])::bigint as claimed_orders, unnest([2, 0])::bigint as ledger_orders, unnest([1.5, null])::double as overclaim_ratio;

create table mart_channel_split_by_basket as
select
    'US' as market, 'Lips' as category, '000-015' as basket_band, date '2026-10-26' as week_start, 2.0 as amazon_orders,
    1.5 as amazon_linked_orders, 3.0 as shop_orders, 3.0 as shop_linked_orders;

create table mart_lag_distribution as
select 'amazon' as platform, 'all' as market, unnest([1, 2, 3]) as bucket_order, unnest([990000, 980000, 980000])::bigint as survival_micro;

create table mart_data_quality_status as
select
    'staging' as stage, 'stg_tiktok_ads__ads' as table_name, unnest(['one', 'other']) as check_name, 'critical' as severity,
    true as is_passed, 'run' as run_id, '0' as observed;

create table mart_data_quality_history as
select unnest(['before', 'run']) as run_id, 'staging' as stage, 'stg_tiktok_ads__ads' as table_name, 'one' as check_name;

create table mart_data_freshness as select 'tiktok_ads' as source, unnest(['ads', 'campaigns']) as stream;
