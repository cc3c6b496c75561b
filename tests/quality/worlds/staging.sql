-- A small valid build after the staging layer: as many columns as the checks read, two or more rows each.
create schema raw;
create schema base;
create schema staging;

create table raw.build as select 'run' as run_id, timestamp '2026-11-03 06:00' as known_at;
create table base.currencies as select unnest(['USD', 'GBP', 'EUR']) as currency;

-- Every stream: one commit that stands, and one that was replaced by it and must not be judged any more.
create table base.base__commits as
select
    split_part(relation, '__', 1) as source, split_part(relation, '__', 2) as stream, _commit, 'account' as account, '' as part,
    'snapshot' as coverage, null::date as window_from, null::date as window_to, true as is_usable
from
    (select unnest([
        'tiktok_ads__advertisers', 'tiktok_ads__campaigns', 'tiktok_ads__ad_groups', 'tiktok_ads__ads',
        'tiktok_ads__ad_report_daily', 'amazon_attribution__profiles', 'amazon_attribution__performance',
        'amazon_attribution__products', 'amazon_seller__order_lines', 'links__clicks', 'links__registrations',
        'events__touchpoints', 'events__conversions', 'reference__markets', 'reference__listings', 'reference__creators',
        'reference__promo_codes', 'reference__fx_rates'
    ]) as relation) as relations,
    (select unnest([1, 2]) as _commit) as commits;

-- Eleven rows of which one is broken, beside seven broken rows of the replaced commit.
create table base.one_bad_row_in_ten as
select
    if(i = 0 or i > 10, 'unparseable_number', null) as reject_rule, if(i > 10, 1, 2) as _commit, 'm' as marketplace_id,
    if(i = 0, 0.1, 100.0)::decimal(24, 12) as item_price
from range(18) as numbers (i);

create table base.base_tiktok_ads__advertisers as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__campaigns as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ad_groups as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ads as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ad_report_daily as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__profiles as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__performance as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__products as from base.one_bad_row_in_ten;
create table base.base_amazon_seller__order_lines as from base.one_bad_row_in_ten;
create table base.base_links__clicks as from base.one_bad_row_in_ten;
create table base.base_links__registrations as from base.one_bad_row_in_ten;
create table base.base_events__touchpoints as from base.one_bad_row_in_ten;
create table base.base_events__conversions as from base.one_bad_row_in_ten;
create table base.base_reference__markets as from base.one_bad_row_in_ten;
create table base.base_reference__listings as from base.one_bad_row_in_ten;
create table base.base_reference__creators as from base.one_bad_row_in_ten;
create table base.base_reference__promo_codes as from base.one_bad_row_in_ten;
create table base.base_reference__fx_rates as from base.one_bad_row_in_ten;
drop table base.one_bad_row_in_ten;

create table staging.stg_tiktok_ads__advertisers as
select unnest(['1', '2']) as advertiser_id, 'USD' as currency, 'America/New_York' as time_zone;
create table staging.stg_tiktok_ads__campaigns as select unnest(['c1', 'c2']) as campaign_id;
create table staging.stg_tiktok_ads__ad_groups as select unnest(['g1', 'g2']) as ad_group_id;
create table staging.stg_tiktok_ads__ads as select unnest(['a1', 'a2']) as ad_id, 'c1' as campaign_id;
create table staging.stg_tiktok_ads__ad_report_daily as
select
    '1' as advertiser_id, unnest(['a1', 'a2']) as ad_id, date '2026-11-02' as event_date_source, 500::bigint as spend_minor,
    'USD' as currency, 1000::bigint as impressions, 10::bigint as clicks, 900::bigint as video_plays, 300::bigint as views_2s,
    100::bigint as views_6s, 5::bigint as likes, 1::bigint as comments, null::bigint as shares, 0::bigint as follows,
    0::bigint as profile_visits;

create table staging.stg_amazon_attribution__profiles as select unnest(['p1', 'p2']) as profile_id, 'USD' as currency;
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

create table staging.stg_amazon_seller__order_lines as
select
    unnest(['l1', 'l2', 'l3']) as conversion_id, 'US' as market, 1::bigint as quantity, 'USD' as currency,
    unnest([2000, 3000, null])::bigint as gross_amount_minor, unnest([200, null, null])::bigint as discount_minor,
    unnest([1800, 0, null])::bigint as net_amount_minor, unnest(['confirmed', 'cancelled', 'pending']) as conversion_status,
    timestamp '2026-11-02 12:00' as purchased_at;

create table staging.stg_links__clicks as select unnest(['k1', 'k2']) as click_id, timestamp '2026-11-01 12:00' as clicked_at;
create table staging.stg_links__registrations as
select unnest(['o1', 'o2']) as order_id, timestamp '2026-11-02 12:00' as registered_at;
create table staging.stg_events__touchpoints as
select unnest(['t1', 't2']) as touchpoint_id, unnest(['click', 'view_6s']) as touch_type;
create table staging.stg_events__conversions as
select unnest(['e1', 'e2']) as conversion_id, unnest([100, -100])::bigint as net_amount_minor, 'EUR' as currency, 'FR' as market;

create table staging.stg_reference__markets as
select
    unnest(['US', 'UK', 'ID', 'TH']) as market, unnest(['m1', 'm2', null, null]) as marketplace_id,
    unnest(['USD', 'GBP', 'USD', 'GBP']) as currency;
create table staging.stg_reference__listings as select 'US' as market, unnest(['B01', 'B02']) as asin, 's' as sku;
create table staging.stg_reference__creators as select unnest(['r1', 'r2']) as creator_id;
-- The second owner takes over at the instant the first one's time ends.
create table staging.stg_reference__promo_codes as
select
    'GLOW10' as code_key, 'US' as market, unnest(['r1', 'r2']) as creator_id,
    unnest([timestamp '2026-01-01', timestamp '2026-06-01']) as valid_from, unnest([timestamp '2026-06-01', null]) as valid_to;
create table staging.stg_reference__fx_rates as
select unnest([date '2026-10-30', date '2026-10-29']) as rate_date, 'USD' as currency, 1.08::decimal(24, 12) as units_per_eur;
