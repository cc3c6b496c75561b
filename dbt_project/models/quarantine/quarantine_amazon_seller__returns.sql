{{ rejected_rows(ref('base_amazon_seller__returns'), 'amazon_seller', 'returns') }}
