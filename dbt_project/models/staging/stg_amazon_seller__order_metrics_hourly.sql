select
    marketplace_id,
    market,
    report_level,
    asin,
    hour_started_at,
    hour_ended_at,
    event_date_source,
    hour_of_day,
    units,
    order_items,
    orders,
    sales_minor,
    currency
from {{ ref('base_amazon_seller__order_metrics_hourly') }}
where reject_rule is null
