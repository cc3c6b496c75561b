-- natural_key_is_unique: an ad comes twice
insert into staging.stg_reference__tags select * from staging.stg_reference__tags where ad_id = 'a1';

-- a_tag_leads_to_one_product: two ads with different products share a tag
update staging.stg_reference__tags set attribution_tag = 'maas=t';
