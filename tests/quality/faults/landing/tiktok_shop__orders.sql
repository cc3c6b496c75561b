-- orders_carry_a_status: the column of the status was renamed
update incoming.tiktok_shop__orders set status = null;

-- no_person_can_be_named: the sender's field is filled with mail addresses
update incoming.tiktok_shop__orders set line_item_seller_sku = 'Buyer <jane.doe@example.org>' where _row = 1;
