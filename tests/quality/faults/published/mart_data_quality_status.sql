-- rows_are_unique: a check of one run is told twice
insert into mart_data_quality_status from mart_data_quality_status limit 1;
-- nothing_critical_stands_failed: a release holds a critical fault that a gate has found
update mart_data_quality_status set is_passed = false where check_name = 'one';
