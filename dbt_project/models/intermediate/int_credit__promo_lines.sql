select
    conversion_id,
    concat('promo:', code) as touchpoint_id,
    channel,
    content_id,
    creator_id,
    'promo_code' as evidence,
    'line' as credit_resolution
from {{ ref('int_promo__matched_lines') }}
