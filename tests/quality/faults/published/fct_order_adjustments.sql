-- adjustments_sum_to_the_net: the export stopped halfway
delete from fct_order_adjustments where adjustment_id in ('x4', 'x5');
