-- no_person_can_be_named: the sender's field is filled with mail addresses
update incoming.tiktok_shop__refunds set line_item_seller_sku = 'Buyer <jane.doe@example.org>' where _row = 1;
