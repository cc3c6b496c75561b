select
    profile_id,
    event_date_source,
    campaign_id,
    ad_group_id,
    publisher,
    asin,
    product_name,
    conversion_type,
    promoted_detail_page_views,
    promoted_add_to_carts,
    promoted_orders,
    promoted_units,
    halo_detail_page_views,
    halo_add_to_carts,
    halo_orders,
    halo_units,
    promoted_sales_minor,
    halo_sales_minor,
    currency
from {{ ref('base_amazon_attribution__products') }}
where reject_rule is null
