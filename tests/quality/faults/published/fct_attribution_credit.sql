-- credit_sums_to_one: all models lose a tenth of a conversion without money
update fct_attribution_credit_wide
set first_touch_credit_micro = 900000, last_touch_credit_micro = 900000, last_engaged_touch_credit_micro = 900000,
    linear_credit_micro = 900000, position_based_credit_micro = 900000, time_decay_credit_micro = 900000,
    amazon_14d_last_click_credit_micro = 900000, tiktok_7c1v_credit_micro = 900000
where conversion_id = 'l3';

-- every_model_credits_every_conversion: a conversion without touches is dropped by an inner join
delete from fct_attribution_credit_wide where conversion_id = 'l2';

-- credit_belongs_to_a_conversion: a line vanished after it was credited
delete from fct_order_lines where conversion_id = 'l2';

-- money_is_conserved: every model rounds a cent away
update fct_attribution_credit_wide set first_touch_amount_minor = first_touch_amount_minor - 1 where recipient_key = 'k1';
update fct_attribution_credit_wide
set last_touch_amount_minor = last_touch_amount_minor - 1, last_engaged_touch_amount_minor = last_engaged_touch_amount_minor - 1,
    linear_amount_minor = linear_amount_minor - 1, position_based_amount_minor = position_based_amount_minor - 1,
    time_decay_amount_minor = time_decay_amount_minor - 1, amazon_14d_last_click_amount_minor = amazon_14d_last_click_amount_minor - 1,
    tiktok_7c1v_amount_minor = tiktok_7c1v_amount_minor - 1
where recipient_key = 'k2';

-- models_total_the_same: one model books a line in another currency
create table other as select * from fct_attribution_credit;
update other set currency = 'EUR' where conversion_id = 'l3' and attribution_model = 'linear';
create or replace view fct_attribution_credit as from other;
