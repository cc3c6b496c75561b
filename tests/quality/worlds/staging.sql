-- A small valid build after the staging layer: as many columns as the checks read, two or more rows each.
create schema raw;
create schema base;
create schema staging;

-- The zone of account 1 as every listing of it has said.
create table raw.tiktok_ads__advertisers as
select '1' as advertiser_id, 'America/New_York' as display_timezone, null::varchar as _reject, unnest([1, 2]) as _commit;
create table raw.build as select 'run' as run_id, timestamp '2026-11-03 06:00' as known_at;
create table base.time_zones as select unnest(['America/New_York', 'Europe/London']) as time_zone;
create table base.currencies as select unnest(['USD', 'GBP', 'EUR']) as currency;

-- Every stream: one commit that stands, and one that was replaced by it and must not be judged any more.
create table base.base__commits as
select
    split_part(relation, '__', 1) as source, split_part(relation, '__', 2) as stream, _commit, 'account' as account, '' as part,
    'snapshot' as coverage, null::date as window_from, null::date as window_to, true as is_usable,
    timestamp '2026-11-03 05:00' as committed_at
from
    (select unnest([
        'tiktok_ads__advertisers', 'tiktok_ads__campaigns', 'tiktok_ads__ad_groups', 'tiktok_ads__ads',
        'tiktok_ads__ad_report_daily', 'tiktok_ads__ad_report_hourly',
        'tiktok_organic__videos', 'tiktok_organic__account_daily', 'amazon_attribution__profiles', 'amazon_attribution__performance',
        'amazon_attribution__products', 'amazon_attribution__publishers', 'amazon_ads__sponsored_products_daily',
        'amazon_seller__order_lines', 'amazon_seller__returns',
        'amazon_seller__sales_and_traffic', 'amazon_seller__order_metrics_hourly',
        'amazon_seller__search_query_performance', 'links__clicks', 'links__registrations',
        'events__touchpoints', 'events__conversions', 'reference__markets', 'reference__listings', 'reference__creators',
        'reference__promo_codes', 'reference__fx_rates', 'reference__fees', 'reference__promotions', 'reference__tags',
        'reference__commission_rates'
    ]) as relation) as relations,
    (select unnest([1, 2]) as _commit) as commits;

-- Orders were read from September on; of the days of ads, the last one was read with the others.
update base.base__commits set window_from = date '2026-09-01' where source = 'amazon_seller' and stream = 'order_lines';
create table base.base__covers as
select
    'tiktok_ads' as source, 'ad_report_daily' as stream, '1' as account, '' as part, date '2026-11-02' as covered_date,
    2::bigint as _commit;

-- Eleven rows of which one is broken, beside seven broken rows of the replaced commit.
create table base.one_bad_row_in_ten as
select
    if(i = 0 or i > 10, 'unparseable_number', null) as reject_rule, if(i > 10, 1, 2) as _commit, 'm' as marketplace_id,
    if(i = 0, 0.1, 100.0)::decimal(24, 12) as item_price, i as _row
from range(18) as numbers (i);

create table base.base_tiktok_ads__advertisers as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__campaigns as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ad_groups as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ads as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ad_report_daily as from base.one_bad_row_in_ten;
create table base.base_tiktok_ads__ad_report_hourly as from base.one_bad_row_in_ten;
create table base.base_tiktok_organic__videos as from base.one_bad_row_in_ten;
create table base.base_tiktok_organic__account_daily as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__profiles as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__performance as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__products as from base.one_bad_row_in_ten;
create table base.base_amazon_attribution__publishers as from base.one_bad_row_in_ten;
create table base.base_amazon_ads__sponsored_products_daily as from base.one_bad_row_in_ten;
create table base.base_amazon_seller__order_lines as from base.one_bad_row_in_ten;
create table base.base_amazon_seller__returns as from base.one_bad_row_in_ten;
create table base.base_amazon_seller__sales_and_traffic as from base.one_bad_row_in_ten;
create table base.base_amazon_seller__order_metrics_hourly as from base.one_bad_row_in_ten;
create table base.base_amazon_seller__search_query_performance as from base.one_bad_row_in_ten;
create table base.base_links__clicks as from base.one_bad_row_in_ten;
create table base.base_links__registrations as from base.one_bad_row_in_ten;
create table base.base_events__touchpoints as from base.one_bad_row_in_ten;
create table base.base_events__conversions as from base.one_bad_row_in_ten;
create table base.base_reference__markets as from base.one_bad_row_in_ten;
create table base.base_reference__listings as from base.one_bad_row_in_ten;
create table base.base_reference__creators as from base.one_bad_row_in_ten;
create table base.base_reference__promo_codes as from base.one_bad_row_in_ten;
create table base.base_reference__fx_rates as from base.one_bad_row_in_ten;
create table base.base_reference__fees as from base.one_bad_row_in_ten;
create table base.base_reference__promotions as from base.one_bad_row_in_ten;
create table base.base_reference__tags as from base.one_bad_row_in_ten;
create table base.base_reference__commission_rates as from base.one_bad_row_in_ten;
drop table base.one_bad_row_in_ten;

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
    unnest(['US', 'GB', 'ID', 'TH']) as country, unnest(['USD', 'GBP', 'USD', 'GBP']) as currency,
    unnest(['America/New_York', 'Europe/London', 'Asia/Jakarta', 'Asia/Bangkok']) as time_zone;
create table staging.stg_reference__listings as select 'US' as market, unnest(['B01', 'B02']) as asin, unnest(['s', 's2']) as sku;
create table staging.stg_reference__creators as select unnest(['r1', 'r2']) as creator_id;
-- The second owner takes over at the instant the first one's time ends.
create table staging.stg_reference__promo_codes as
select
    'GLOW10' as code_key, 'US' as market, unnest(['r1', 'r2']) as creator_id,
    unnest([timestamp '2026-01-01', timestamp '2026-06-01']) as valid_from, unnest([timestamp '2026-06-01', null]) as valid_to;
create table staging.stg_reference__fx_rates as
select 1.08::decimal(24, 12) as units_per_eur,
    unnest([date '2026-10-30', date '2026-10-29', date '2026-10-30']) as rate_date, unnest(['USD', 'USD', 'GBP']) as currency;
create table staging.stg_reference__fees as
select
    'FR' as market, 'tiktok_shop' as platform, 'referral_fee' as fee, 'tax_included' as fee_base,
    unnest([date '2025-03-31', date '2026-01-08']) as valid_from, unnest([date '2026-01-08', null]) as valid_to,
    unnest([0.05, 0.09])::decimal(24, 12) as fee_rate;
create table staging.stg_reference__promotions as
select
    unnest(['promo_1', 'promo_2']) as promotion_id, 'event' as promotion_kind, 'US' as market,
    timestamp '2026-11-01' as starts_at, timestamp '2026-11-03' as ends_at, 0.2::decimal(24, 12) as discount_rate;
create table staging.stg_reference__tags as
select
    unnest(['a1', 'a2']) as ad_id, 'US' as market, unnest(['g1', 'g2']) as ad_group_id, unnest(['B01', 'B02']) as asin,
    unnest(['maas=1', 'maas=2']) as attribution_tag;
create table staging.stg_reference__commission_rates as
select
    'r1' as creator_id, unnest([timestamp '2026-01-01', timestamp '2026-09-13']) as valid_from,
    unnest([timestamp '2026-09-13', null]) as valid_to, unnest([0.2, 0.25])::decimal(24, 12) as commission_rate;
