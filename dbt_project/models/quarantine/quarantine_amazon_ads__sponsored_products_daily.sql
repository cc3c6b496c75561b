{{ rejected_rows(ref('base_amazon_ads__sponsored_products_daily'), 'amazon_ads', 'sponsored_products_daily') }}
