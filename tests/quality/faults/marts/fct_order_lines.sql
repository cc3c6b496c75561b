-- lines_are_unique: a line comes twice
insert into ledgers.fct_order_lines select * from ledgers.fct_order_lines where conversion_id = 'l1';

-- no_line_is_lost: an inner join with the rates drops a line
delete from ledgers.fct_order_lines where conversion_id = 'e1';

-- cancelled_lines_are_worth_nothing: a cancelled line keeps its money
update ledgers.fct_order_lines set net_amount_minor = 700, net_amount_reporting_minor = 700 where conversion_id = 'l3';

-- amounts_are_converted: there is no rate for the euro
update ledgers.fct_order_lines set net_amount_reporting_minor = null where conversion_id = 'e1';

-- amounts_follow_the_rates: the rate is turned upside down
update ledgers.fct_order_lines set net_amount_reporting_minor = -463 where conversion_id = 'e1';
