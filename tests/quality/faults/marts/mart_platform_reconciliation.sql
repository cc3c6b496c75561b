-- figures_are_not_negative: returns exceed the claims of a day
update marts.mart_platform_reconciliation set claimed_orders = -1;

-- linked_orders_are_orders: each line of a linked order counts as an order
update marts.mart_platform_reconciliation set linked_orders = 3;
