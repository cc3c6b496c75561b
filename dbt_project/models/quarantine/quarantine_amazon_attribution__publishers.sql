{{ rejected_rows(ref('base_amazon_attribution__publishers'), 'amazon_attribution', 'publishers') }}
