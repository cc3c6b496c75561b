-- rows_are_conserved: a row is filtered out and not counted
update marts.mart_row_audit set staged = 3 where stream = 'ads';

-- no_count_is_negative: a row counted twice is balanced by a negative count
update marts.mart_row_audit set staged = 11, superseded = -4 where stream = 'ads';
