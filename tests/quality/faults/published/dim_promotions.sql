-- rows_are_unique: a promotion is exported twice
insert into dim_promotions select * from dim_promotions limit 1;
