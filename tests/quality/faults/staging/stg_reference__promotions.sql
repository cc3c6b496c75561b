-- natural_key_is_unique: a promotion comes twice
insert into staging.stg_reference__promotions select * from staging.stg_reference__promotions where promotion_id = 'promo_1';

-- markets_are_known: a market is not listed
update staging.stg_reference__promotions set market = 'XX' where promotion_id = 'promo_1';
