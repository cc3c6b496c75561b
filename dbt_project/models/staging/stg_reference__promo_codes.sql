select
    code,
    code_key,
    creator_id,
    content_id,
    channel,
    market,
    valid_from,
    valid_to
from {{ ref('base_reference__promo_codes') }}
where reject_rule is null
