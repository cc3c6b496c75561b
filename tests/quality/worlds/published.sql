-- A small valid release: the ledgers and marts of worlds/marts.sql in one schema, with the dimensions.
-- Two touches share l1; l2 is pending and has no price yet; l3 was cancelled; e1 is an event's refund, below zero.
create table fct_order_lines as
select
    unnest(['l1', 'l2', 'l3', 'e1']) as conversion_id, unnest(['amazon', 'amazon', 'amazon', 'events']) as platform,
    unnest(['o1', 'o2', 'o2', null]) as order_id, unnest(['USD', 'USD', 'USD', 'EUR']) as currency,
    unnest([1001, null, 0, -500])::bigint as net_amount_minor, unnest([1001, null, 0, -540])::bigint as net_amount_reporting_minor,
    unnest(['confirmed', 'pending', 'cancelled', 'confirmed']) as conversion_status,
    date '2026-11-01' as event_date_utc;

create table fct_order_adjustments as
select
    unnest(['x1', 'x2', 'x3', 'x4', 'x5']) as adjustment_id, unnest(['l1', 'l1', 'l3', 'l3', 'e1']) as conversion_id,
    unnest([1201, -200, 700, -700, -500])::bigint as amount_minor, 'USD' as currency;

create table fct_platform_claims as
select
    'tiktok_ads' as claim_platform, unnest(['click', 'view']) as claim_method, 'US' as market, date '2026-11-01' as event_date_source,
    2::bigint as claimed_orders, null::bigint as claimed_units, 2000::bigint as claimed_amount_minor,
    'interaction_date' as date_basis, 'click_7d' as window_rule;

create table mart_row_audit as
select
    'tiktok_ads' as source, unnest(['ads', 'campaigns']) as stream, 10::bigint as landed, 4::bigint as staged,
    3::bigint as superseded, 2::bigint as quarantined, 1::bigint as partial;

create table mart_funnel_daily as
select
    'US' as market, unnest(['c1', null]) as campaign_id, 'v1' as content_id, date '2026-11-01' as event_date, 'USD' as currency,
    1000::bigint as impressions, 300::bigint as views_2s, 100::bigint as views_6s, 5::bigint as engagements,
    10::bigint as destination_clicks, unnest([7, null])::bigint as detail_page_views, 2::bigint as add_to_carts,
    1.5::decimal(18, 6) as orders, 0.75::decimal(18, 6) as retained_orders, 500::bigint as spend_minor,
    1000::bigint as attributed_net_minor;

create table mart_platform_reconciliation as
select
    date '2026-11-01' as event_date, unnest(['tiktok_ads', 'amazon_attribution']) as claim_platform, 'click' as claim_method,
    'US' as market, 3::bigint as claimed_orders, 2::bigint as ledger_orders, 1::decimal(18, 6) as linked_orders;

create table dim_creators as select unnest(['r1', 'r2']) as creator_id;
create table dim_campaigns as select unnest(['c1', 'c2']) as campaign_id;
create table dim_ads as select unnest(['a1', 'a2']) as ad_id;
create table dim_listings as select 'US' as market, unnest(['B01', 'B02']) as asin, 's' as sku;
create table dim_markets as select unnest(['US', 'UK']) as market;

-- Two tags claim the orders of one cell: some are known by a click or a code, some are too many, one has no order.
create table fct_attribution_cells as
select
    'US' as market, 'B01' as asin, date '2026-11-01' as event_date_source, unnest(['g1', 'g2']) as ad_group_id,
    unnest([20000000, 4000000])::bigint as claimed_micro, unnest([1000000, 0])::bigint as click_deducted_micro,
    unnest([0, 1000000])::bigint as code_deducted_micro, unnest([14000000, 3000000])::bigint as placed_micro,
    unnest([4000000, 0])::bigint as scaled_down_micro, unnest([1000000, 0])::bigint as unplaced_micro,
    unnest([14000000, 3000000])::bigint as credited_retained_order_micro;

create table fct_unplaced_claims as
select
    'US' as market, date '2026-11-01' as event_date_source, 'c1' as campaign_id, unnest(['g1', null]) as ad_group_id,
    unnest(['B01', null]) as asin, unnest(['no_lines', 'no_asin']) as unplaced_reason,
    unnest([1000000, 2000000])::bigint as unplaced_micro;

create table mart_restatement_bridge as
select
    unnest(['credit_micro', 'attributed_amount_minor']) as metric, date '2026-11-01' as event_date_market, 'USD' as currency,
    'tiktok_ads' as channel, unnest([3000000, 1000])::bigint as value_before, unnest([4000000, 501])::bigint as value_after,
    unnest([1000000, -500])::bigint as data_change, unnest([0, 1])::bigint as weights_change, 0::bigint as calibration_change;

create table fct_order_fees as select 'l1' as conversion_id, 'referral_fee' as fee, 150::bigint as fee_minor;
create table fct_referral_bonus as
select 'k1' as campaign_id, unnest(['g1', null]) as ad_group_id, date '2026-11-01' as event_date_source, 100::bigint as accrued_minor;
create table fct_attribution_postings as
select unnest(['x1', 'x1', 'x2', 'x2']) as adjustment_id, unnest(['k1', 'k2', 'k1', 'k2']) as recipient_key,
    unnest([600, 601, -100, -100])::bigint as posted_amount_minor;
create table mart_order_origins as
select
    'amazon' as platform, unnest(['own_sale', 'other_channel']) as origin, unnest([true, false]) as is_in_ledger,
    unnest([2, 1])::bigint as orders, unnest([3, 1])::bigint as lines;

-- What came back and fits no line: of an order before the first that was read, and of a sample.
create table fct_unmatched_refunds as
select
    'tiktok_shop' as platform, 'o0' as order_id, unnest(['r1', 'r2']) as return_key, 's' as sku,
    unnest(['unknown_order', 'no_sale']) as unmatched_reason, 500::bigint as refund_minor, 'USD' as currency,
    timestamp '2026-11-01 12:00' as event_at;
