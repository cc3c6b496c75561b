-- rows_are_unique: an ad group is exported twice
insert into dim_ad_groups select * from dim_ad_groups limit 1;
