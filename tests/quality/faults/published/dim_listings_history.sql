-- rows_are_unique: a state is exported twice
insert into dim_listings_history select * from dim_listings_history where asin = 1;
