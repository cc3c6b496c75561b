-- figures_are_not_negative: returns exceed the claims of a day
update mart_platform_reconciliation set claimed_orders = -1;

-- figures_are_finite: a division by zero becomes NaN
alter table mart_platform_reconciliation alter linked_orders type double;
update mart_platform_reconciliation set linked_orders = 'nan';
