{{ rejected_rows(ref('base_reference__promo_codes'), 'reference', 'promo_codes') }}
