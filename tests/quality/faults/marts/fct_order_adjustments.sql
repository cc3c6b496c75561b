-- adjustments_sum_to_the_net: a late price is not booked
delete from ledgers.fct_order_adjustments where adjustment_id = 'x2';

-- adjustments_belong_to_a_line: an adjustment outlives its line
insert into ledgers.fct_order_adjustments select 'x9' as adjustment_id, 'gone' as conversion_id, 5 as amount_minor, 'USD' as currency;
