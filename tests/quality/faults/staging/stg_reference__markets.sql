-- natural_key_is_unique: a market comes twice
update staging.stg_reference__markets set market = 'US';

-- currency_is_known: the currency has no known exponent
update staging.stg_reference__markets set currency = 'XQQ' where market = 'US';

-- marketplaces_are_unique: two markets share a marketplace
update staging.stg_reference__markets set marketplace_id = 'm1';
