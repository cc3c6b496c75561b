select
    shop_id,
    shop_name,
    country,
    seller_type,
    shop_code
from {{ ref('base_tiktok_shop__shops') }}
where reject_rule is null
