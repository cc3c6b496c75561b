-- rows_are_unique: a period is exported twice
insert into mart_promo_effect select * from mart_promo_effect limit 1;
