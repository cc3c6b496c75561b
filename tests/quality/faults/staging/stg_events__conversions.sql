-- natural_key_is_unique: a key comes twice
insert into staging.stg_events__conversions select * from staging.stg_events__conversions where conversion_id = 'e1';

-- currency_is_known: the currency has no known exponent
update staging.stg_events__conversions set currency = 'XQQ' where conversion_id = 'e1';

-- amount_is_present: a conversion has no amount
update staging.stg_events__conversions set net_amount_minor = null where conversion_id = 'e1';
