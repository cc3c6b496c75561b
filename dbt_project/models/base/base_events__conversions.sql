select * from {{ ref('base_events__conversion_versions') }}
where is_current
