-- known_days_do_not_vanish: a complete report has no rows
delete from incoming.tiktok_ads__ad_report_daily;
update incoming.manifests set row_count = 0 where source = 'tiktok_ads' and stream = 'ad_report_daily';
