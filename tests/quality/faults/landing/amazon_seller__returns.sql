-- no_person_can_be_named: a buyer leaves an address in the comment
update incoming.amazon_seller__returns set customer_comments = 'Buyer <jane.doe@example.org>' where _row = 1;
