-- volumes_are_not_far_off: the newest day was read half
update intermediate.int_volumes__verdicts set verdict = 'block', z = -8.1, value = 480 where event_date = date '2026-10-30';
-- volumes_are_usual: the newest day has a third less than its weekday
update intermediate.int_volumes__verdicts set verdict = 'warn', z = -4.4, value = 650 where event_date = date '2026-10-30';
