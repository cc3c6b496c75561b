-- ratios_follow_from_their_parts: a week without orders has a ratio
update mart_overclaim_weekly set ledger_orders = 0;
