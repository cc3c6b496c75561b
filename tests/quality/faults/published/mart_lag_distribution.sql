-- curves_do_not_rise: a bucket is computed without those cut off before
update mart_lag_distribution set survival_micro = 999999 where bucket_order = 2;
