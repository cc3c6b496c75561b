-- settled_days_stay: a fifth of a settled week is gone since the last release
update intermediate.int_volumes__restated set verdict = 'block', value_now = 5600, moved_value = 1400;
-- settled_days_hardly_move: a settled week moved by a tenth since the last release
update intermediate.int_volumes__restated set verdict = 'warn', value_now = 6300, moved_value = 700;
