-- rows_are_unique: a row is exported twice
insert into dim_creators select * from dim_creators where creator_id = 'r1';
