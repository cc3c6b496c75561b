-- orders_stay_within_the_ledger: each line of an order counts as an order
update mart_funnel_daily set orders = 9;

-- stages_are_not_negative: masked rows are subtracted twice
update mart_funnel_daily set detail_page_views = -3 where campaign_id = 'c1';

-- retained_orders_are_orders: cancelled orders are added instead of taken off
update mart_funnel_daily set retained_orders = 1.6;

-- figures_are_finite: a division by zero becomes NaN
alter table mart_funnel_daily alter retained_orders type double;
update mart_funnel_daily set retained_orders = 'nan' where campaign_id = 'c1';
