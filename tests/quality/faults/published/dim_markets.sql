-- rows_are_unique: a row is exported twice
insert into dim_markets select * from dim_markets where market = 'US';
