-- rows_are_unique: a fee is exported twice
insert into dim_fees select * from dim_fees limit 1;
