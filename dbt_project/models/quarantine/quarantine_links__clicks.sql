{{ rejected_rows(ref('base_links__clicks'), 'links', 'clicks') }}
