select
    marketplace_id,
    market,
    event_date_source as event_date,
    report_level,
    asin,
    parent_asin,
    sessions,
    page_views,
    order_items,
    units_ordered,
    ordered_sales_minor,
    currency,
    -- Hundredths of a percent, so that no digit is lost.
    cast(round(buy_box_percentage * 100) as bigint) as buy_box_basis_points
from {{ ref('stg_amazon_seller__sales_and_traffic') }}
