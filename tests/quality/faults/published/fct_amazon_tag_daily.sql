-- rows_are_unique: a day is exported twice
insert into fct_amazon_tag_daily select * from fct_amazon_tag_daily limit 1;

-- new_to_brand_orders_are_orders: two columns of the report change places
update fct_amazon_tag_daily set claimed_new_to_brand_orders = 5 where profile_id = 1;
