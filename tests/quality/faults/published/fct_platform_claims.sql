-- claims_are_not_negative: returns exceed the claims of a day
update fct_platform_claims set claimed_amount_minor = -1 where claim_method = 'click';
