{{ rejected_rows(ref('base_events__touchpoints'), 'events', 'touchpoints') }}
