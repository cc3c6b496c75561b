{{ rejected_rows(ref('base_links__registrations'), 'links', 'registrations') }}
