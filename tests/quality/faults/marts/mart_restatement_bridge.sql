-- changes_add_up_to_the_difference: a remainder of the apportionment is dropped
update marts.mart_restatement_bridge set weights_change = 0;

-- it_ends_at_the_ledger: lines without a touch are left out
update marts.mart_restatement_bridge set value_after = 2000000, data_change = -1000000 where metric = 'credit_micro';
