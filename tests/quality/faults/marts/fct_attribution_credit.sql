-- credit_sums_to_one: all models lose a tenth of a conversion without money
update ledgers.fct_attribution_credit set credit_micro = 900000 where conversion_id = 'l3';

-- every_model_credits_every_conversion: a conversion without touches is dropped by an inner join
delete from ledgers.fct_attribution_credit where conversion_id = 'l2';

-- credit_belongs_to_a_conversion: a line vanished after it was credited
delete from ledgers.fct_order_lines where conversion_id = 'l2';

-- money_is_conserved: every model rounds a cent away
update ledgers.fct_attribution_credit set attributed_amount_minor = attributed_amount_minor - 1 where conversion_id = 'l1' and attributed_amount_minor > 500;
update ledgers.fct_attribution_credit set attributed_amount_minor = 500 where conversion_id = 'l1' and attributed_amount_minor = 501;

-- models_total_the_same: one model books a line in another currency
update ledgers.fct_attribution_credit set currency = 'EUR' where conversion_id = 'l3' and attribution_model = 'linear';

-- credit_is_a_share: one touch pays for another
update ledgers.fct_attribution_credit set credit_micro = if(touchpoint_id = 'k1', -100000, 1100000) where conversion_id = 'l1';

-- recipients_are_unique: a recipient comes in two halves
update ledgers.fct_attribution_credit set recipient_key = 'k1' where conversion_id = 'l1';

-- no_touch_follows_its_conversion: a click after the purchase is credited
update staging.stg_links__clicks set clicked_at = timestamp '2026-11-01 12:00:01' where click_id = 'k1';

-- credited_touches_are_known: the clicks file was withdrawn after the credit
delete from staging.stg_links__clicks where click_id = 'k2';

-- evidence_is_named: a rule invents a kind of evidence
update ledgers.fct_attribution_credit set evidence = 'gut_feeling' where conversion_id = 'l3';
