with versions as (
    select * from {{ ref('base_reference__creator_versions') }}
),

states as (
    {{ states_of_snapshot(
        'reference', 'creators', 'versions',
        ['creator_id'],
        ['handle', 'country']
    ) }}
)

select
    creator_id,
    handle,
    country,
    valid_from,
    valid_to,
    is_current
from states
