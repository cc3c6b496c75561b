-- A small valid build after the marts: as many columns as the checks read.
create schema staging;
create schema ledgers;
create schema marts;
create schema if not exists intermediate;

create table staging.stg_amazon_seller__order_lines as
select unnest(['l1', 'l2', 'l3', 'm1']) as conversion_id, unnest(['o1', 'o2', 'o2', 'mirror']) as order_id;
create table staging.stg_tiktok_shop__orders as
select unnest(['s1', 's2']) as conversion_id, unnest(['sample', 'sample']) as order_origin;
create table intermediate.int_orders__mirrors as select 'mirror' as order_id;
create table staging.stg_events__conversions as select 'e1' as conversion_id;
create table staging.stg_links__clicks as
select unnest(['k1', 'k2']) as click_id, unnest([timestamp '2026-10-31 12:00', timestamp '2026-11-01 12:00']) as clicked_at;
create table staging.stg_events__touchpoints as select 't1' as touchpoint_id, timestamp '2026-10-30 12:00' as occurred_at;
create table staging.stg_tiktok_ads__ad_report_daily as select 'USD' as currency, unnest([700, 300])::bigint as spend_minor;

-- Two touches share l1; l2 is pending and has no price yet; l3 was cancelled; e1 is an event's refund, below zero.
create table ledgers.fct_order_lines as
select
    unnest(['l1', 'l2', 'l3', 'e1']) as conversion_id, unnest(['amazon', 'amazon', 'amazon', 'events']) as platform,
    unnest(['o1', 'o2', 'o2', null]) as order_id, unnest(['USD', 'USD', 'USD', 'EUR']) as currency,
    unnest([1001, null, 0, -500])::bigint as net_amount_minor, unnest([1001, null, 0, -540])::bigint as net_amount_reporting_minor,
    unnest(['confirmed', 'pending', 'cancelled', 'confirmed']) as conversion_status,
    unnest([1, 2, 2, 1]) as order_parts, date '2026-11-01' as event_date_utc,
    date '2026-11-01' as event_date_market, 'USD' as reporting_currency;

create table ledgers.fct_order_adjustments as
select
    unnest(['x1', 'x2', 'x3', 'x4', 'x5']) as adjustment_id, unnest(['l1', 'l1', 'l3', 'l3', 'e1']) as conversion_id,
    unnest([1201, -200, 700, -700, -500])::bigint as amount_minor, 'USD' as currency;

create table ledgers.fct_platform_claims as
select
    'tiktok_ads' as claim_platform, unnest(['click', 'view']) as claim_method, 'US' as market, date '2026-11-01' as event_date_source,
    2::bigint as claimed_orders, null::bigint as claimed_units, 2000::bigint as claimed_amount_minor,
    'interaction_date' as date_basis, 'click_7d' as window_rule;

create table marts.mart_row_audit as
select
    'tiktok_ads' as source, unnest(['ads', 'campaigns']) as stream, 10::bigint as landed, 4::bigint as staged,
    3::bigint as superseded, 2::bigint as quarantined, 1::bigint as partial;

create table marts.mart_funnel_daily as
select
    'US' as market, unnest(['c1', null]) as campaign_id, 'v1' as content_id, date '2026-11-01' as event_date, 'USD' as currency,
    1000::bigint as impressions, 300::bigint as views_2s, 100::bigint as views_6s, 5::bigint as engagements,
    10::bigint as destination_clicks, unnest([7, null])::bigint as detail_page_views, 2::bigint as add_to_carts,
    1.5::decimal(18, 6) as orders, 0.75::decimal(18, 6) as retained_orders, 500::bigint as spend_minor,
    1000::bigint as attributed_net_minor;

create table marts.mart_platform_reconciliation as
select
    date '2026-11-01' as event_date, unnest(['tiktok_ads', 'amazon_attribution']) as claim_platform, 'click' as claim_method,
    'US' as market, 3::bigint as claimed_orders, 2::bigint as ledger_orders, 1::decimal(18, 6) as linked_orders;

-- Two tags claim the orders of one cell: some are known by a click or a code, some are too many, one has no order.
create table ledgers.fct_attribution_cells as
select
    'US' as market, 'B01' as asin, date '2026-11-01' as event_date_source, unnest(['g1', 'g2']) as ad_group_id,
    unnest([20000000, 4000000])::bigint as claimed_micro, unnest([1000000, 0])::bigint as click_deducted_micro,
    unnest([0, 1000000])::bigint as code_deducted_micro, unnest([14000000, 3000000])::bigint as placed_micro,
    unnest([4000000, 0])::bigint as scaled_down_micro, unnest([1000000, 0])::bigint as unplaced_micro,
    unnest([14000000, 3000000])::bigint as credited_retained_order_micro;

create table ledgers.fct_unplaced_claims as
select
    'US' as market, date '2026-11-01' as event_date_source, 'c1' as campaign_id, unnest(['g1', null]) as ad_group_id,
    unnest(['B01', null]) as asin, unnest(['no_lines', 'no_asin']) as unplaced_reason,
    unnest([1000000, 2000000])::bigint as unplaced_micro;

create table marts.mart_restatement_bridge as
select
    unnest(['credit_micro', 'attributed_amount_minor']) as metric, date '2026-11-01' as event_date_market, 'USD' as currency,
    'tiktok_ads' as channel, unnest([3000000, 1000])::bigint as value_before, unnest([4000000, 501])::bigint as value_after,
    unnest([1000000, -500])::bigint as data_change, unnest([0, 1])::bigint as weights_change, 0::bigint as calibration_change;
