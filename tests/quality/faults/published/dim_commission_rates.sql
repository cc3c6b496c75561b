-- rows_are_unique: a rate is exported twice
insert into dim_commission_rates select * from dim_commission_rates limit 1;
