{{ rejected_rows(ref('base_amazon_attribution__products'), 'amazon_attribution', 'products') }}
