select
    promotion_id,
    promotion_name,
    promotion_kind,
    market,
    asin,
    starts_at,
    ends_at,
    discount_rate
from {{ ref('base_reference__promotions') }}
where reject_rule is null
