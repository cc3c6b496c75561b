-- rows_match_the_manifest: a file of the extraction is lost
delete from incoming.<relation> where _row = 2;

-- few_rows_are_malformed: every line fails to parse
update incoming.<relation> set _reject = 'malformed_line';

-- keys_are_present: the key's column was renamed
insert into incoming.<relation> select * replace (8 as _commit, null as <key>) from incoming.<relation> where _row = 0;
insert into incoming.manifests
select * replace (8 as _commit, 1 as row_count) from incoming.manifests where source = '<source>' and stream = '<stream>';

-- keys_are_unique_in_an_extraction: a page was sent twice
update incoming.<relation> set <key of the first row> where _row = 1;
