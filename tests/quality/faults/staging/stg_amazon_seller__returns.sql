-- natural_key_is_unique: a unit comes twice
insert into staging.stg_amazon_seller__returns select * from staging.stg_amazon_seller__returns where license_plate_number = 'L1';

-- returns_hold_units: the quantity column is another
update staging.stg_amazon_seller__returns set quantity = 0 where license_plate_number = 'L1';

-- returns_belong_to_orders: the orders before this month were never loaded
insert into staging.stg_amazon_seller__returns select t.* replace ('early ' || i as order_id, 'M' || i as license_plate_number) from staging.stg_amazon_seller__returns as t, range(6) as numbers (i) where license_plate_number = 'L1';
