-- credit_sums_to_one: all models lose a tenth of a conversion without money
update fct_attribution_credit set credit_micro = 900000 where conversion_id = 'l3';

-- every_model_credits_every_conversion: a conversion without touches is dropped by an inner join
delete from fct_attribution_credit where conversion_id = 'l2';

-- credit_belongs_to_a_conversion: a line vanished after it was credited
delete from fct_order_lines where conversion_id = 'l2';

-- money_is_conserved: every model rounds a cent away
update fct_attribution_credit set attributed_amount_minor = attributed_amount_minor - 1 where conversion_id = 'l1' and attributed_amount_minor > 500;
update fct_attribution_credit set attributed_amount_minor = 500 where conversion_id = 'l1' and attributed_amount_minor = 501;

-- models_total_the_same: one model books a line in another currency
update fct_attribution_credit set currency = 'EUR' where conversion_id = 'l3' and attribution_model = 'linear';
