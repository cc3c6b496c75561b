{{ rejected_rows(ref('base_amazon_seller__order_lines'), 'amazon_seller', 'order_lines') }}
