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

-- clicks_arrive: an update of the app strips the tags
insert into staging.stg_tiktok_ads__ad_report_daily by name
select '1' as advertiser_id, 'a1' as ad_id, date '2026-09-21' + i::int as event_date_source, 40 as clicks, 1000 as impressions from range(35) as days (i);
insert into staging.stg_amazon_attribution__performance by name
select 'p1' as profile_id, 'CREATIVE' as report_level, 'c1' as campaign_id, 'g1' as ad_group_id, 'a1' as creative_id,
    date '2026-09-21' + i::int as event_date_source, if(i < 28, 20, 8) as clicks, 'USD' as currency
from range(35) as days (i);
