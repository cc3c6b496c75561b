-- rows_are_unique: a state is exported twice
insert into dim_ads_history select * from dim_ads_history where ad_id = 1;
