-- rows_are_unique: a code is exported twice
insert into dim_promo_codes select * from dim_promo_codes limit 1;
