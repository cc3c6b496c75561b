{{ rejected_rows(ref('base_amazon_attribution__profiles'), 'amazon_attribution', 'profiles') }}
