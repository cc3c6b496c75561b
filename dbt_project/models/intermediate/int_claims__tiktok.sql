-- Nothing on Amazon tells TikTok of an order: what it claims are orders of its Shop.
with of_affiliates as (
    select
        orders.shop_id,
        orders.event_date_source,
        creators.creator_id,
        orders.content_id,
        orders.currency,
        count(distinct orders.order_id) as claimed_orders,
        cast(sum(orders.quantity) as bigint) as claimed_units,
        cast(sum(orders.price_minor * orders.quantity) as bigint) as claimed_amount_minor
    from {{ ref('stg_tiktok_shop__affiliate_orders') }} as orders
    left join {{ ref('int_creators__by_handle') }} as creators
        on creators.handle = lower(orders.creator_username)
    where lower(orders.order_status) <> 'cancelled'
    group by orders.shop_id, orders.event_date_source, creators.creator_id, orders.content_id, orders.currency
)

select
    'tiktok_ads' as claim_platform,
    'conversion' as claim_method,
    'tiktok_shop' as claim_scope,
    reports.advertiser_id as claim_account,
    coalesce(ads.market, accounts.market) as market,
    reports.event_date_source,
    ads.campaign_id,
    ads.ad_group_id,
    reports.ad_id as creative_id,
    ads.content_id,
    cast(null as {{ dbt.type_string() }}) as creator_id,
    cast(null as {{ dbt.type_string() }}) as asin,
    cast(null as {{ dbt.type_string() }}) as conversion_type,
    reports.conversions as claimed_orders,
    cast(null as bigint) as claimed_units,
    cast(null as bigint) as claimed_amount_minor,
    reports.currency,
    reports.clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    'interaction_date' as date_basis,
    'account_setting' as window_rule
from {{ ref('stg_tiktok_ads__ad_report_daily') }} as reports
left join {{ ref('int_ads__placed') }} as ads
    on ads.ad_id = reports.ad_id
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_ads'
    and accounts.account_id = reports.advertiser_id
union all
select
    'tiktok_shop' as claim_platform,
    'affiliate' as claim_method,
    'tiktok_shop' as claim_scope,
    claims.shop_id as claim_account,
    accounts.market,
    claims.event_date_source,
    cast(null as {{ dbt.type_string() }}) as campaign_id,
    cast(null as {{ dbt.type_string() }}) as ad_group_id,
    cast(null as {{ dbt.type_string() }}) as creative_id,
    claims.content_id,
    claims.creator_id,
    cast(null as {{ dbt.type_string() }}) as asin,
    cast(null as {{ dbt.type_string() }}) as conversion_type,
    claims.claimed_orders,
    claims.claimed_units,
    claims.claimed_amount_minor,
    claims.currency,
    cast(null as bigint) as clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    'order_date' as date_basis,
    'affiliate_link' as window_rule
from of_affiliates as claims
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_shop'
    and accounts.account_id = claims.shop_id
