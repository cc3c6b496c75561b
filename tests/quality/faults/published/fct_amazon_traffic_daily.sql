-- rows_are_unique: a day is exported twice
insert into fct_amazon_traffic_daily select * from fct_amazon_traffic_daily limit 1;
