-- rows_are_unique: a row is exported twice
insert into dim_listings select * from dim_listings where asin = 'B01';
