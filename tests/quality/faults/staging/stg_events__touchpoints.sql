-- natural_key_is_unique: a key comes twice
insert into staging.stg_events__touchpoints select * from staging.stg_events__touchpoints where touchpoint_id = 't1';

-- touch_type_is_known: a new type appears
update staging.stg_events__touchpoints set touch_type = 'hover' where touchpoint_id = 't1';
