select
    'performance_campaign' as claim_method,
    profile_id as account_id,
    event_date_source,
    campaign_id,
    cast(null as {{ dbt.type_string() }}) as ad_group_id,
    cast(null as {{ dbt.type_string() }}) as asin,
    cast(null as {{ dbt.type_string() }}) as conversion_type,
    orders as claimed_orders,
    units as claimed_units,
    sales_minor as claimed_amount_minor,
    currency,
    clicks,
    detail_page_views,
    add_to_carts
from {{ ref('stg_amazon_attribution__performance') }}
where report_level = 'CAMPAIGN'
union all
select
    'products' as claim_method,
    profile_id as account_id,
    event_date_source,
    campaign_id,
    ad_group_id,
    asin,
    conversion_type,
    coalesce(promoted_orders, 0) + coalesce(halo_orders, 0) as claimed_orders,
    coalesce(promoted_units, 0) + coalesce(halo_units, 0) as claimed_units,
    coalesce(promoted_sales_minor, 0) + coalesce(halo_sales_minor, 0) as claimed_amount_minor,
    currency,
    cast(null as bigint) as clicks,
    coalesce(promoted_detail_page_views, 0) + coalesce(halo_detail_page_views, 0) as detail_page_views,
    coalesce(promoted_add_to_carts, 0) + coalesce(halo_add_to_carts, 0) as add_to_carts
from {{ ref('stg_amazon_attribution__products') }}
