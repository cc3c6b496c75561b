-- Sponsored ads claim the same sales as attribution tags do, and twice by two windows: methods are never added.
with claims as (
    select
        'sponsored_products_14d' as claim_method,
        'click_14d' as window_rule,
        reports.*,
        claimed_orders_14d as claimed_orders,
        claimed_units_14d as claimed_units,
        claimed_sales_14d_minor as claimed_amount_minor
    from {{ ref('stg_amazon_ads__sponsored_products_daily') }} as reports
    union all
    select
        'sponsored_products_7d' as claim_method,
        'click_7d' as window_rule,
        reports.*,
        claimed_orders_7d as claimed_orders,
        claimed_units_7d as claimed_units,
        claimed_sales_7d_minor as claimed_amount_minor
    from {{ ref('stg_amazon_ads__sponsored_products_daily') }} as reports
)

select
    'amazon_ads' as claim_platform,
    claims.claim_method,
    'amazon' as claim_scope,
    claims.profile_id as claim_account,
    accounts.market,
    claims.event_date_source,
    claims.campaign_id,
    claims.ad_group_id,
    claims.ad_id as creative_id,
    cast(null as {{ dbt.type_string() }}) as content_id,
    cast(null as {{ dbt.type_string() }}) as creator_id,
    claims.asin,
    cast(null as {{ dbt.type_string() }}) as conversion_type,
    claims.claimed_orders,
    claims.claimed_units,
    claims.claimed_amount_minor,
    claims.currency,
    claims.clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    'interaction_date' as date_basis,
    claims.window_rule
from claims
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'amazon_attribution'
    and accounts.account_id = claims.profile_id
