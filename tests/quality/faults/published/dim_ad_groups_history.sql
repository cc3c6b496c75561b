-- rows_are_unique: a state is exported twice
insert into dim_ad_groups_history select * from dim_ad_groups_history where ad_group_id = 1;
