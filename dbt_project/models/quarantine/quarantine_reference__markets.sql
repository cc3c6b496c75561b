{{ rejected_rows(ref('base_reference__markets'), 'reference', 'markets') }}
