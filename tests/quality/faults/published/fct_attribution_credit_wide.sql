-- wide_and_long_agree: the wide table is of another build
update fct_attribution_credit_wide set linear_amount_minor = 499 where recipient_key = 'k1';
