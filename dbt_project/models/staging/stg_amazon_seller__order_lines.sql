select
    conversion_id,
    order_id,
    line_ordinal,
    market,
    asin,
    sku,
    product_name,
    quantity,
    currency,
    gross_amount_minor,
    discount_minor,
    tax_minor,
    net_amount_minor,
    conversion_status,
    promotion_ids,
    purchased_at,
    last_updated_at,
    line_first_known_at as first_known_at,
    known_at,
    _commit
from {{ ref('base_amazon_seller__order_lines') }}
where reject_rule is null
