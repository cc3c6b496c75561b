-- PERFORMANCE knows no ASIN, so what it claims beyond PRODUCTS has no cell: of an ad group, and of a campaign beyond
-- its ad groups (masked ones show nothing themselves). The levels contain each other and are never added.
with performance as (
    select
        coalesce(accounts.market, '') as market,
        reports.report_level,
        reports.campaign_id,
        reports.ad_group_id,
        reports.event_date_source as claim_date,
        sum(1000000 * coalesce(reports.orders, 0)) as claimed_micro
    from {{ ref('stg_amazon_attribution__performance') }} as reports
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'amazon_attribution'
        and accounts.account_id = reports.profile_id
    where reports.report_level in ('CAMPAIGN', 'ADGROUP')
    group by
        accounts.market, reports.report_level, reports.campaign_id, reports.ad_group_id, reports.event_date_source
),

with_asin as (
    select
        coalesce(accounts.market, '') as market,
        products.campaign_id,
        products.ad_group_id,
        products.event_date_source as claim_date,
        sum(1000000 * (coalesce(products.promoted_orders, 0) + coalesce(products.halo_orders, 0))) as claimed_micro
    from {{ ref('stg_amazon_attribution__products') }} as products
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'amazon_attribution'
        and accounts.account_id = products.profile_id
    group by accounts.market, products.campaign_id, products.ad_group_id, products.event_date_source
),

of_ad_groups as (
    select * from performance
    where report_level = 'ADGROUP'
),

ad_groups as (
    select
        coalesce(performance.market, with_asin.market) as market,
        coalesce(performance.campaign_id, with_asin.campaign_id) as campaign_id,
        coalesce(performance.ad_group_id, with_asin.ad_group_id) as ad_group_id,
        coalesce(performance.claim_date, with_asin.claim_date) as claim_date,
        coalesce(performance.claimed_micro, 0) as performance_micro,
        coalesce(with_asin.claimed_micro, 0) as with_asin_micro
    from of_ad_groups as performance
    full outer join with_asin
        on with_asin.market = performance.market
        and with_asin.campaign_id = performance.campaign_id
        and with_asin.ad_group_id = performance.ad_group_id
        and with_asin.claim_date = performance.claim_date
),

campaigns as (
    select
        market,
        campaign_id,
        claim_date,
        sum(greatest(performance_micro, with_asin_micro)) as claimed_micro
    from ad_groups
    group by market, campaign_id, claim_date
),

beyond as (
    select
        market,
        campaign_id,
        ad_group_id,
        claim_date,
        performance_micro - with_asin_micro as unplaced_micro
    from ad_groups
    union all
    select
        performance.market,
        performance.campaign_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        performance.claim_date,
        performance.claimed_micro - coalesce(campaigns.claimed_micro, 0) as unplaced_micro
    from performance
    left join campaigns
        on campaigns.market = performance.market
        and campaigns.campaign_id = performance.campaign_id
        and campaigns.claim_date = performance.claim_date
    where performance.report_level = 'CAMPAIGN'
)

select
    market,
    campaign_id,
    ad_group_id,
    claim_date,
    cast(unplaced_micro as bigint) as unplaced_micro
from beyond
where unplaced_micro > 0
