-- rows_are_unique: results are loaded twice
insert into mart_data_quality_history from mart_data_quality_history limit 1;
