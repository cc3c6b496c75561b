{{ rejected_rows(ref('base_amazon_seller__sales_and_traffic'), 'amazon_seller', 'sales_and_traffic') }}
