{{ rejected_rows(ref('base_reference__creators'), 'reference', 'creators') }}
