-- no_person_can_be_named: the sender's field is filled with mail addresses
update incoming.events__touchpoints set touchpoint_id = 'Buyer <jane.doe@example.org>' where _row = 1;
