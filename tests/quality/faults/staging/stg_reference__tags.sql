-- natural_key_is_unique: an ad comes twice
insert into staging.stg_reference__tags select * from staging.stg_reference__tags where ad_id = 'a1';

-- a_tag_leads_to_one_product: two ads with different products share a tag
update staging.stg_reference__tags set ad_group_id = 'g1', attribution_tag = 'maas=t';

-- a_tag_belongs_to_one_ad_group: a tag was pasted into a second campaign
insert into staging.stg_reference__tags select * replace ('a3' as ad_id, 'g2' as ad_group_id) from staging.stg_reference__tags where ad_id = 'a1';
