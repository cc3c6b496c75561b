-- rows_are_unique: a post is exported twice
insert into mart_content_virality select * from mart_content_virality limit 1;
