{{ rejected_rows(ref('base_reference__fx_rates'), 'reference', 'fx_rates') }}
