-- the_unattributed_share_is_usual: codes stopped coming, and nearly every order is without evidence
update intermediate.int_unattributed__weekly set verdict = 'warn', unattributed_share = 0.98 where is_newest;
