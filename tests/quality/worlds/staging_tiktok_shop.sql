-- TikTok Shop's part of a small valid build after the staging layer: as many columns as the checks read.
insert into base.base__commits
select
    'tiktok_shop' as source, stream, _commit, 'account' as account, '' as part, 'snapshot' as coverage,
    null::date as window_from, null::date as window_to, true as is_usable,
    timestamp '2026-11-03 05:00' as committed_at
from
    (select unnest(['shops', 'orders', 'refunds', 'affiliate_orders', 'products']) as stream) as streams,
    (select unnest([1, 2]) as _commit) as commits;

-- Eleven rows of which one is broken, beside seven broken rows of the replaced commit.
create table base.base_tiktok_shop__orders as
select
    if(i = 0 or i > 10, 'unparseable_number', null) as reject_rule, if(i > 10, 1, 2) as _commit, 's' as shop_id,
    if(i = 0, 0.1, 100.0)::decimal(24, 12) as sale_price, i as _row
from range(18) as numbers (i);
create table base.base_tiktok_shop__shops as from base.base_tiktok_shop__orders;
create table base.base_tiktok_shop__refunds as from base.base_tiktok_shop__orders;
create table base.base_tiktok_shop__affiliate_orders as from base.base_tiktok_shop__orders;
create table base.base_tiktok_shop__products as from base.base_tiktok_shop__orders;

create table staging.stg_tiktok_shop__shops as select unnest(['s1', 's2']) as shop_id;
create table staging.stg_tiktok_shop__orders as
select
    's1' as shop_id, unnest(['o1', 'o2']) as order_id, unnest(['u1', 'u2']) as line_item_id, 'k1' as sku_id,
    unnest(['completed', 'cancelled']) as order_status, timestamp '2026-11-02 12:00' as created_at,
    unnest([null, timestamp '2026-11-02 13:00']) as cancelled_at, 'USD' as currency,
    2000::bigint as original_price_minor, 200::bigint as seller_discount_minor, 400::bigint as platform_discount_minor,
    1400::bigint as sale_price_minor, unnest([null, 100])::bigint as tax_minor;
create table base.base_tiktok_shop__order_versions as
select
    'u2' as line_item_id, unnest(['unpaid', 'cancelled']) as order_status,
    unnest([timestamp '2026-11-02 12:30', timestamp '2026-11-02 13:30']) as known_at, unnest([1, 2]) as _commit, null::varchar as reject_rule;
-- The second return gives shipping back too, which belongs to no unit.
create table staging.stg_tiktok_shop__refunds as
select
    's1' as shop_id, unnest(['r1', 'r2']) as return_id, unnest(['f1', 'f2']) as return_line_item_id,
    unnest(['u1', 'u2']) as line_item_id, timestamp '2026-11-02 18:00' as created_at,
    'USD' as currency, 1400::bigint as refund_minor,
    unnest([1400, 1800])::bigint as return_refund_minor;
create table staging.stg_tiktok_shop__affiliate_orders as
select
    's1' as shop_id, unnest(['o1', 'o3']) as order_id, 'k1' as sku_id, 'creator_a' as creator_username,
    unnest(['v1', null]) as content_id, 1 as line_ordinal, date '2026-11-01' as event_date_source, 1::bigint as quantity,
    0::bigint as refunded_quantity, 'USD' as currency, 2000::bigint as price_minor, 1800::bigint as estimated_base_minor,
    270::bigint as estimated_commission_minor, 0::bigint as actual_base_minor, 0::bigint as actual_commission_minor;
create table staging.stg_tiktok_shop__products as
select
    's1' as shop_id, unnest(['p1', 'p2']) as product_id, unnest(['k1', 'k2']) as sku_id, unnest(['USD', null]) as currency,
    unnest([2000, null])::bigint as price_minor;
