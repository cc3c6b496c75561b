-- it_begins_at_the_release_before: a day of the release before is left out
insert into raw.previous_lines values ('l0', date '2026-10-30', 'USD'); insert into raw.previous_credit values ('l0', 700);
