-- rows_are_unique: a row is exported twice
insert into fct_unmatched_refunds select * from fct_unmatched_refunds where return_key = 'r1';
