-- ledger_orders_are_own_sales: a shipment for another channel is counted as a sale
update mart_order_origins set is_in_ledger = true where origin = 'other_channel';
