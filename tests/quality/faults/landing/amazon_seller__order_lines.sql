-- orders_carry_a_status: the status column is empty
update incoming.amazon_seller__order_lines set order_status = null;

-- no_person_can_be_named: the sender's field is filled with mail addresses
update incoming.amazon_seller__order_lines set promotion_ids = 'Buyer <jane.doe@example.org>' where _row = 1;
