-- rows_are_unique: a rate is exported twice
insert into dim_fx_rates select * from dim_fx_rates limit 1;
