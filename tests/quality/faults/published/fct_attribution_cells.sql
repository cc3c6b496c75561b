-- rows_are_unique: a row is exported twice
insert into fct_attribution_cells select * from fct_attribution_cells where ad_group_id = 'g2';

-- claims_are_accounted_for: a deduction takes more than the tag claims
update fct_attribution_cells set click_deducted_micro = 5000000, placed_micro = -1000000 where ad_group_id = 'g2';
