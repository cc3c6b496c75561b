-- linked_orders_are_orders: linked orders are put into the band of another order
update mart_channel_split_by_basket set amazon_linked_orders = amazon_orders + 1;
