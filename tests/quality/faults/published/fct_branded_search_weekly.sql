-- rows_are_unique: a week is exported twice
insert into fct_branded_search_weekly select * from fct_branded_search_weekly limit 1;
