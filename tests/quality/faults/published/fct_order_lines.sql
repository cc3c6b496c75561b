-- rows_are_unique: a row is exported twice
insert into fct_order_lines select * from fct_order_lines where conversion_id = 'l1';
