-- natural_key_is_unique: a key comes twice
insert into staging.stg_links__clicks select * from staging.stg_links__clicks where click_id = 'k1';

-- clicks_are_plausible_in_time: the redirector writes milliseconds as seconds
update staging.stg_links__clicks set clicked_at = timestamp '2056-11-01 12:00' where click_id = 'k1';
