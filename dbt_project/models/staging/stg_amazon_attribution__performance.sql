select
    profile_id,
    report_level,
    event_date_source,
    campaign_id,
    ad_group_id,
    creative_id,
    publisher,
    clicks,
    promoted_detail_page_views,
    promoted_add_to_carts,
    promoted_orders,
    promoted_units,
    detail_page_views,
    add_to_carts,
    orders,
    units,
    promoted_sales_minor,
    sales_minor,
    referral_bonus_minor,
    currency
from {{ ref('base_amazon_attribution__performance') }}
where reject_rule is null
