select
    profile_id,
    publisher_id,
    publisher,
    has_macros
from {{ ref('base_amazon_attribution__publishers') }}
where reject_rule is null
