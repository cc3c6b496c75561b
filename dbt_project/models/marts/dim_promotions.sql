select
    promotion_id,
    promotion_name,
    promotion_kind,
    market,
    asin,
    starts_at,
    ends_at,
    discount_rate
from {{ ref('stg_reference__promotions') }}
