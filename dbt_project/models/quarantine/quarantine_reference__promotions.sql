{{ rejected_rows(ref('base_reference__promotions'), 'reference', 'promotions') }}
