with reported as (
    select
        profile_id,
        lower(report_level) as report_level,
        event_date_source,
        campaign_id,
        ad_group_id,
        creative_id,
        cast(null as {{ dbt.type_string() }}) as asin,
        'all' as product_scope,
        clicks,
        detail_page_views,
        add_to_carts,
        orders,
        cast(null as bigint) as new_to_brand_orders,
        units,
        sales_minor,
        referral_bonus_minor,
        currency
    from {{ ref('stg_amazon_attribution__performance') }}
    union all
    select
        profile_id,
        'product' as report_level,
        event_date_source,
        campaign_id,
        ad_group_id,
        cast(null as {{ dbt.type_string() }}) as creative_id,
        asin,
        case when conversion_type = 'Promoted' then 'promoted' else 'brand_halo' end as product_scope,
        cast(null as bigint) as clicks,
        {{ sum_of_known('promoted_detail_page_views', 'halo_detail_page_views') }} as detail_page_views,
        {{ sum_of_known('promoted_add_to_carts', 'halo_add_to_carts') }} as add_to_carts,
        {{ sum_of_known('promoted_orders', 'halo_orders') }} as orders,
        {{ sum_of_known('promoted_new_to_brand_orders', 'halo_new_to_brand_orders') }} as new_to_brand_orders,
        {{ sum_of_known('promoted_units', 'halo_units') }} as units,
        {{ sum_of_known('promoted_sales_minor', 'halo_sales_minor') }} as sales_minor,
        cast(null as bigint) as referral_bonus_minor,
        currency
    from {{ ref('stg_amazon_attribution__products') }}
)

select
    reported.profile_id,
    accounts.market,
    reported.report_level,
    reported.event_date_source,
    reported.campaign_id,
    reported.ad_group_id,
    reported.creative_id as ad_id,
    reported.asin,
    reported.product_scope,
    reported.clicks,
    reported.detail_page_views,
    reported.add_to_carts,
    reported.orders as claimed_orders,
    reported.new_to_brand_orders as claimed_new_to_brand_orders,
    reported.units as claimed_units,
    reported.sales_minor as claimed_amount_minor,
    reported.referral_bonus_minor,
    reported.currency
from reported
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'amazon_attribution'
    and accounts.account_id = reported.profile_id
