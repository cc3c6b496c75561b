-- natural_key_is_unique: a fee comes twice
insert into staging.stg_reference__fees
select * from staging.stg_reference__fees where valid_from = date '2026-01-08';

-- fees_do_not_overlap: the end of the old rate is lost
update staging.stg_reference__fees set valid_to = null;
