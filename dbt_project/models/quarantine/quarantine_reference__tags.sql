{{ rejected_rows(ref('base_reference__tags'), 'reference', 'tags') }}
