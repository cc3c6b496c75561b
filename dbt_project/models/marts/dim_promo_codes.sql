select
    market,
    code,
    creator_id,
    content_id,
    channel,
    valid_from,
    valid_to
from {{ ref('stg_reference__promo_codes') }}
