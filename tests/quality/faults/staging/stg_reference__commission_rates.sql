-- natural_key_is_unique: a rate comes twice
insert into staging.stg_reference__commission_rates
select * from staging.stg_reference__commission_rates where valid_to is null;

-- rates_do_not_overlap: the end of the old rate is lost
update staging.stg_reference__commission_rates set valid_to = null;

-- creators_are_known: the list of creators was cut
delete from staging.stg_reference__creators where creator_id = 'r1';
