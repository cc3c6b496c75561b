-- rows_are_unique: a state is exported twice
insert into dim_creators_history select * from dim_creators_history where creator_id = 1;
