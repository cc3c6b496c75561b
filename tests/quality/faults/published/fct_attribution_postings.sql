-- postings_sum_to_the_adjustments: a recipient of a refund is left out
delete from fct_attribution_postings where adjustment_id = 'x2' and recipient_key = 'k1';
