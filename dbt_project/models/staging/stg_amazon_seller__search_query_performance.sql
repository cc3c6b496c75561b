select
    marketplace_id,
    market,
    week_start,
    week_end,
    asin,
    search_query,
    search_volume,
    total_impressions,
    asin_impressions,
    total_clicks,
    asin_clicks,
    total_cart_adds,
    asin_cart_adds,
    total_purchases,
    asin_purchases,
    currency,
    total_median_click_price_minor,
    asin_median_click_price_minor,
    total_median_purchase_price_minor,
    asin_median_purchase_price_minor
from {{ ref('base_amazon_seller__search_query_performance') }}
where reject_rule is null
