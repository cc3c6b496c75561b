-- rows_are_unique: a row is exported twice
insert into dim_ads select * from dim_ads where ad_id = 'a1';
