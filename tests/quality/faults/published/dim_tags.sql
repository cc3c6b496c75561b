-- rows_are_unique: a tag is exported twice
insert into dim_tags select * from dim_tags limit 1;
