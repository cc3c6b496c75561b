-- What came back and fits no line: of an order before the first that was read, and of a sample.
create table ledgers.fct_unmatched_refunds as
select
    'tiktok_shop' as platform, 'o0' as order_id, unnest(['r1', 'r2']) as return_key, 's' as sku,
    unnest(['unknown_order', 'no_sale']) as unmatched_reason, 500::bigint as refund_minor, 'USD' as currency,
    timestamp '2026-11-01 12:00' as event_at;
