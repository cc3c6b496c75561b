select
    order_id,
    person_hash,
    visitor_id,
    registered_at,
    registration_source,
    first_known_at
from {{ ref('base_links__registrations') }}
where reject_rule is null
