-- rows_are_unique: a month is exported twice
insert into mart_creator_pnl_monthly select * from mart_creator_pnl_monthly limit 1;
