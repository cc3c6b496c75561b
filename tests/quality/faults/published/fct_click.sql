-- rows_are_unique: a click is exported twice
insert into fct_click select * from fct_click limit 1;
