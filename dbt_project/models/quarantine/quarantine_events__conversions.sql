{{ rejected_rows(ref('base_events__conversions'), 'events', 'conversions') }}
