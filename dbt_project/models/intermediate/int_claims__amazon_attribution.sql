-- A masked figure is NULL and stays NULL.
with claims as (
    select
        'performance_campaign' as claim_method,
        profile_id,
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
        profile_id,
        event_date_source,
        campaign_id,
        ad_group_id,
        asin,
        conversion_type,
        {{ sum_of_known('promoted_orders', 'halo_orders') }} as claimed_orders,
        {{ sum_of_known('promoted_units', 'halo_units') }} as claimed_units,
        {{ sum_of_known('promoted_sales_minor', 'halo_sales_minor') }} as claimed_amount_minor,
        currency,
        cast(null as bigint) as clicks,
        {{ sum_of_known('promoted_detail_page_views', 'halo_detail_page_views') }} as detail_page_views,
        {{ sum_of_known('promoted_add_to_carts', 'halo_add_to_carts') }} as add_to_carts
    from {{ ref('stg_amazon_attribution__products') }}
)

select
    'amazon_attribution' as claim_platform,
    claims.claim_method,
    'amazon' as claim_scope,
    claims.profile_id as claim_account,
    accounts.market,
    claims.event_date_source,
    claims.campaign_id,
    claims.ad_group_id,
    cast(null as {{ dbt.type_string() }}) as creative_id,
    cast(null as {{ dbt.type_string() }}) as content_id,
    cast(null as {{ dbt.type_string() }}) as creator_id,
    claims.asin,
    claims.conversion_type,
    claims.claimed_orders,
    claims.claimed_units,
    claims.claimed_amount_minor,
    claims.currency,
    claims.clicks,
    claims.detail_page_views,
    claims.add_to_carts,
    'purchase_date' as date_basis,
    'click_14d_last_click' as window_rule
from claims
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'amazon_attribution'
    and accounts.account_id = claims.profile_id
