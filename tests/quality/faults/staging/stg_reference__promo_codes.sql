-- natural_key_is_unique: a code comes twice for one time
update staging.stg_reference__promo_codes set creator_id = 'r1', valid_from = timestamp '2026-01-01';

-- codes_have_one_owner_at_a_time: a code is given away before its time ends
update staging.stg_reference__promo_codes set valid_to = null where creator_id = 'r1';

-- creators_are_known: the list of creators was cut
delete from staging.stg_reference__creators where creator_id = 'r2';
