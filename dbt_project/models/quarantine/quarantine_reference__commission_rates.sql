{{ rejected_rows(ref('base_reference__commission_rates'), 'reference', 'commission_rates') }}
