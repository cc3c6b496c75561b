-- returns_fit_their_orders: the unit's number changed between the order and its return
update ledgers.fct_unmatched_refunds set unmatched_reason = 'unknown_line' where return_key = 'r2';

-- refunds_find_their_orders: the orders of a whole week were never read
insert into ledgers.fct_unmatched_refunds by name
select 'amazon' as platform, 'lost' || i as order_id, 'r' || i as return_key, 'unknown_order' as unmatched_reason,
    timestamp '2027-01-15 12:00' as event_at
from range(6) as lost (i);
