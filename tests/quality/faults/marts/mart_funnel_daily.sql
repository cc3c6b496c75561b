-- orders_stay_within_the_ledger: each line of an order counts as an order
update marts.mart_funnel_daily set orders = 9;

-- stages_are_not_negative: masked rows are subtracted twice
update marts.mart_funnel_daily set detail_page_views = -3 where campaign_id = 'c1';

-- retained_orders_are_orders: cancelled orders are added instead of taken off
update marts.mart_funnel_daily set retained_orders = 1.6;

-- spend_is_conserved: ads without a campaign lose their spend
update marts.mart_funnel_daily set spend_minor = null where campaign_id is null;

-- views_follow_their_order: the view columns are swapped
update marts.mart_funnel_daily set views_2s = 100, views_6s = 300;
