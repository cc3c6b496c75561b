select distinct
    concat('person:', person_hash) as journey_key,
    visitor_id
from {{ ref('stg_links__registrations') }}
