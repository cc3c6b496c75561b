-- figures_are_finite: a division by zero becomes NaN
alter table mart_funnel_daily alter retained_orders type double;
update mart_funnel_daily set retained_orders = 'nan' where campaign_id = 'c1';
