-- claims_are_accounted_for: a tag's claims are scaled down and the rest forgotten
update ledgers.fct_attribution_cells set scaled_down_micro = 0 where ad_group_id = 'g1';

-- placed_claims_are_credited: rows of one order and product count as two orders
update ledgers.fct_attribution_cells set credited_retained_order_micro = 4000000 where ad_group_id = 'g2';

-- most_claims_find_orders: purchase days are counted in the wrong zone
update ledgers.fct_attribution_cells set
    unplaced_micro = placed_micro + unplaced_micro, placed_micro = 0, credited_retained_order_micro = 0;
