-- rows_are_unique: a day is exported twice
insert into fct_amazon_tag_daily select * from fct_amazon_tag_daily limit 1;
