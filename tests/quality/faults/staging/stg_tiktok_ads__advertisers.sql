-- natural_key_is_unique: a key comes twice
insert into staging.stg_tiktok_ads__advertisers select * from staging.stg_tiktok_ads__advertisers where advertiser_id = '1';

-- currency_is_known: the currency has no known exponent
update staging.stg_tiktok_ads__advertisers set currency = 'XQQ' where advertiser_id = '1';

-- time_zone_is_known: an account lost its zone
update staging.stg_tiktok_ads__advertisers set time_zone = null where advertiser_id = '1';

-- time_zones_never_change: a newer listing gives an account another zone
insert into raw.tiktok_ads__advertisers select * replace ('Europe/Paris' as display_timezone, 1 as _commit) from raw.tiktok_ads__advertisers where advertiser_id = '1';
