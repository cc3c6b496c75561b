-- rows_are_unique: two schedules hold on one day
insert into fct_order_fees select * from fct_order_fees where conversion_id = 'l1';
