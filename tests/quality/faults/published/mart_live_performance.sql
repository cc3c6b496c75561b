-- rows_are_unique: a session is exported twice
insert into mart_live_performance select * from mart_live_performance limit 1;

-- retained_orders_are_orders: returned orders are counted back in
update mart_live_performance set retained_orders = 4 where live_room_id = 'r1';
