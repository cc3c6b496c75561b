select
    marketplace_id,
    market,
    week_start,
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
    asin_purchases
from {{ ref('stg_amazon_seller__search_query_performance') }}
