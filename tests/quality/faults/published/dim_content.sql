-- rows_are_unique: a post is exported twice
insert into dim_content select * from dim_content limit 1;
