-- natural_key_is_unique: the campaign row comes twice
insert into staging.stg_amazon_attribution__performance select * from staging.stg_amazon_attribution__performance where report_level = 'CAMPAIGN';

-- currency_is_known: the currency has no known exponent
update staging.stg_amazon_attribution__performance set currency = 'XQQ' where creative_id = 'x2';

-- counts_are_not_negative: returns are booked as orders below zero
update staging.stg_amazon_attribution__performance set orders = -1 where creative_id = 'x2';

-- levels_fit_into_each_other: creatives claim more than their campaign
update staging.stg_amazon_attribution__performance set orders = 9 where creative_id = 'x1';

-- is_fresh: the report stops two weeks ago
update staging.stg_amazon_attribution__performance set event_date_source = date '2026-10-20';
