-- rows_are_unique: a state is exported twice
insert into dim_campaigns_history select * from dim_campaigns_history where campaign_id = 1;
