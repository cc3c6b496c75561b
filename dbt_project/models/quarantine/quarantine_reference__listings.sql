{{ rejected_rows(ref('base_reference__listings'), 'reference', 'listings') }}
