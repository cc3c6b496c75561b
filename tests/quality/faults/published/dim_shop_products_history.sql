-- rows_are_unique: a state is exported twice
insert into dim_shop_products_history select * from dim_shop_products_history where shop_id = 1;
