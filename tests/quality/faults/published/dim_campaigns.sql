-- rows_are_unique: a row is exported twice
insert into dim_campaigns select * from dim_campaigns where campaign_id = 'c1';
