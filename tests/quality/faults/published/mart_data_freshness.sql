-- rows_are_unique: a stream is told twice
insert into mart_data_freshness from mart_data_freshness limit 1;
