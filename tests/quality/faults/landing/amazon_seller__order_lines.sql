-- orders_carry_a_status: the status column is empty
update incoming.amazon_seller__order_lines set order_status = null;
