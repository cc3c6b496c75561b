select
    marketplace_id,
    market,
    order_id,
    sku,
    asin,
    license_plate_number,
    fnsku,
    event_date_source,
    returned_at,
    quantity,
    fulfillment_center_id,
    disposition,
    return_reason,
    return_status
from {{ ref('base_amazon_seller__returns') }}
where reject_rule is null
