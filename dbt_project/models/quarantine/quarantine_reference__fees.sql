{{ rejected_rows(ref('base_reference__fees'), 'reference', 'fees') }}
