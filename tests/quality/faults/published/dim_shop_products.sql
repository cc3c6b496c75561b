-- rows_are_unique: a product is exported twice
insert into dim_shop_products select * from dim_shop_products limit 1;
