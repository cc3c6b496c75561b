{{ rejected_rows(ref('base_amazon_attribution__performance'), 'amazon_attribution', 'performance') }}
