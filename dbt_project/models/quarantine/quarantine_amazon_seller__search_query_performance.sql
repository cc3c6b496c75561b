{{ rejected_rows(ref('base_amazon_seller__search_query_performance'), 'amazon_seller', 'search_query_performance') }}
