-- natural_key_is_unique: a key comes twice
insert into staging.stg_reference__fx_rates select * from staging.stg_reference__fx_rates where rate_date = date '2026-10-30';

-- rates_cover_the_orders: the rates end weeks before the orders
update staging.stg_reference__fx_rates set rate_date = rate_date - 30;
