-- natural_key_is_unique: a key comes twice
insert into staging.stg_reference__listings select * from staging.stg_reference__listings where asin = 'B01';

-- a_sku_belongs_to_one_product: a SKU was given to a second product
insert into staging.stg_reference__listings values ('UK', 'B01', 's1'), ('UK', 'B09', 's1');

-- sales_are_listed: a new product sells and is not in the catalogue
insert into staging.stg_amazon_seller__order_lines by name select 'n' || i as conversion_id, 'n' || i as order_id, 'B99' as asin, 's' as sku, 'US' as market, 1 as quantity, 'USD' as currency, 1000 as gross_amount_minor, 1000 as net_amount_minor, 'confirmed' as conversion_status, timestamp '2026-11-02 12:00' as purchased_at from range(6) as lines (i);
