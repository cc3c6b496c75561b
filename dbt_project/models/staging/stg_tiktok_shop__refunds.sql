select
    shop_id,
    return_id,
    return_line_item_id,
    order_id,
    line_item_id,
    return_type,
    return_status,
    return_reason,
    created_at,
    updated_at,
    sku_id,
    seller_sku,
    currency,
    refund_minor,
    refund_subtotal_minor,
    refund_tax_minor,
    refund_shipping_fee_minor,
    return_refund_minor,
    first_known_at,
    known_at,
    _commit
from {{ ref('base_tiktok_shop__refunds') }}
where reject_rule is null
