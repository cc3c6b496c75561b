-- changes_add_up_to_the_difference: a remainder of the apportionment is dropped
update marts.mart_restatement_bridge set weights_change = 0;

-- it_ends_at_the_ledger: lines without a touch are left out
update marts.mart_restatement_bridge set value_after = 2000000, data_change = -1000000 where metric = 'credit_micro';

-- it_begins_at_the_release_before: a day of the release before is left out
insert into raw.previous_lines values ('l0', date '2026-10-30', 'USD'); insert into raw.previous_credit values ('l0', 700);
