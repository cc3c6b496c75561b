with claims as (
    select
        'amazon_attribution' as claim_platform,
        attribution.*,
        cast(null as {{ dbt.type_string() }}) as creative_id,
        'purchase_date' as date_basis,
        'click_14d_last_click' as window_rule
    from {{ ref('int_claims__amazon_attribution') }} as attribution
),

tiktok as (
    select
        reports.*,
        ads.campaign_id,
        ads.ad_group_id,
        coalesce(ads.market, accounts.market) as market
    from {{ ref('stg_tiktok_ads__ad_report_daily') }} as reports
    left join {{ ref('int_ads__placed') }} as ads
        on ads.ad_id = reports.ad_id
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'tiktok_ads'
        and accounts.account_id = reports.advertiser_id
)

select
    claims.claim_platform,
    claims.claim_method,
    claims.account_id as claim_account,
    accounts.market,
    claims.event_date_source,
    claims.campaign_id,
    claims.ad_group_id,
    claims.creative_id,
    claims.asin,
    claims.conversion_type,
    claims.claimed_orders,
    claims.claimed_units,
    claims.claimed_amount_minor,
    claims.currency,
    claims.clicks,
    claims.detail_page_views,
    claims.add_to_carts,
    claims.date_basis,
    claims.window_rule
from claims
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = claims.claim_platform
    and accounts.account_id = claims.account_id
union all
select
    'tiktok_ads' as claim_platform,
    'conversion' as claim_method,
    advertiser_id as claim_account,
    market,
    event_date_source,
    campaign_id,
    ad_group_id,
    ad_id as creative_id,
    cast(null as {{ dbt.type_string() }}) as asin,
    cast(null as {{ dbt.type_string() }}) as conversion_type,
    conversions as claimed_orders,
    cast(null as bigint) as claimed_units,
    cast(null as bigint) as claimed_amount_minor,
    currency,
    clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    'interaction_date' as date_basis,
    'account_setting' as window_rule
from tiktok
