-- rows_are_unique: an hour is exported twice
insert into fct_ad_delivery_hourly select * from fct_ad_delivery_hourly limit 1;
