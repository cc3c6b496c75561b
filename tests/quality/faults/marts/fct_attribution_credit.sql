-- credit_sums_to_one: all models lose a tenth of a conversion without money
update ledgers.fct_attribution_credit_wide
set first_touch_credit_micro = 900000, last_touch_credit_micro = 900000, last_engaged_touch_credit_micro = 900000,
    linear_credit_micro = 900000, position_based_credit_micro = 900000, time_decay_credit_micro = 900000,
    amazon_14d_last_click_credit_micro = 900000, tiktok_7c1v_credit_micro = 900000
where conversion_id = 'l3';

-- every_model_credits_every_conversion: a conversion without touches is dropped by an inner join
delete from ledgers.fct_attribution_credit_wide where conversion_id = 'l2';

-- credit_belongs_to_a_conversion: a line vanished after it was credited
delete from ledgers.fct_order_lines where conversion_id = 'l2';

-- money_is_conserved: every model rounds a cent away
update ledgers.fct_attribution_credit_wide set first_touch_amount_minor = first_touch_amount_minor - 1 where recipient_key = 'k1';
update ledgers.fct_attribution_credit_wide
set last_touch_amount_minor = last_touch_amount_minor - 1, last_engaged_touch_amount_minor = last_engaged_touch_amount_minor - 1,
    linear_amount_minor = linear_amount_minor - 1, position_based_amount_minor = position_based_amount_minor - 1,
    time_decay_amount_minor = time_decay_amount_minor - 1, amazon_14d_last_click_amount_minor = amazon_14d_last_click_amount_minor - 1,
    tiktok_7c1v_amount_minor = tiktok_7c1v_amount_minor - 1
where recipient_key = 'k2';

-- models_total_the_same: one model books a line in another currency
create table other as select * from ledgers.fct_attribution_credit;
update other set currency = 'EUR' where conversion_id = 'l3' and attribution_model = 'linear';
create or replace view ledgers.fct_attribution_credit as from other;

-- credit_is_a_share: one touch pays for another
update ledgers.fct_attribution_credit_wide set linear_credit_micro = if(touchpoint_id = 'k1', -100000, 1100000) where conversion_id = 'l1';

-- recipients_are_unique: a recipient comes in two halves
update ledgers.fct_attribution_credit_wide set recipient_key = 'k1' where conversion_id = 'l1';

-- no_touch_follows_its_conversion: a click after the purchase is credited
update staging.stg_links__clicks set clicked_at = timestamp '2026-11-01 12:00:01' where click_id = 'k1';

-- credited_touches_are_known: the clicks file was withdrawn after the credit
delete from staging.stg_links__clicks where click_id = 'k2';

-- evidence_is_named: a rule invents a kind of evidence
update ledgers.fct_attribution_credit_wide set evidence = 'gut_feeling' where conversion_id = 'l3';
