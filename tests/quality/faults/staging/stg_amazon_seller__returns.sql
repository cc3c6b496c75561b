-- natural_key_is_unique: a unit comes twice
update staging.stg_amazon_seller__order_lines set quantity = 2 where order_id = 'o1';
insert into staging.stg_amazon_seller__returns select * from staging.stg_amazon_seller__returns where license_plate_number = 'L1';

-- returns_hold_units: the quantity column is another
update staging.stg_amazon_seller__returns set quantity = 0 where license_plate_number = 'L1';

-- returns_belong_to_orders: the orders before this month were never loaded
insert into staging.stg_amazon_seller__returns select t.* replace ('early ' || i as order_id, 'M' || i as license_plate_number) from staging.stg_amazon_seller__returns as t, range(6) as numbers (i) where license_plate_number = 'L1';

-- returns_stay_within_their_sale: two units come back of one
update staging.stg_amazon_seller__returns set quantity = 2 where license_plate_number = 'L1';

-- returns_follow_their_order: day and month are swapped
update staging.stg_amazon_seller__returns set event_date_source = date '2026-02-11' where license_plate_number = 'L1';
