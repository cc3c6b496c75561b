-- rows_are_conserved: a row is filtered out and not counted
update mart_row_audit set staged = 3 where stream = 'ads';
