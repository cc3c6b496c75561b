-- claims_are_not_negative: returns exceed the claims of a day
update ledgers.fct_platform_claims set claimed_orders = -1 where claim_method = 'click';

-- claims_say_their_basis: a new claim comes without its window
update ledgers.fct_platform_claims set window_rule = null where claim_method = 'view';
