-- rows_are_unique: a row is exported twice
insert into fct_attribution_cells select * from fct_attribution_cells where ad_group_id = 'g2';
