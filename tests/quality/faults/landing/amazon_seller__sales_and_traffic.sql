-- known_days_do_not_vanish: a complete report has no rows
delete from incoming.amazon_seller__sales_and_traffic;
update incoming.manifests set row_count = 0 where source = 'amazon_seller' and stream = 'sales_and_traffic';
