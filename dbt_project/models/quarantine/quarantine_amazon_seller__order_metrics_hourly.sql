{{ rejected_rows(ref('base_amazon_seller__order_metrics_hourly'), 'amazon_seller', 'order_metrics_hourly') }}
