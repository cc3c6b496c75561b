-- figures_are_finite: a division by zero becomes NaN
alter table mart_platform_reconciliation alter linked_orders type double;
update mart_platform_reconciliation set linked_orders = 'nan';
