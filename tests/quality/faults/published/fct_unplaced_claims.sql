-- rows_are_unique: a row is exported twice
insert into fct_unplaced_claims select * from fct_unplaced_claims where ad_group_id = 'g1';
