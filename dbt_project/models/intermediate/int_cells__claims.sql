-- Only PRODUCTS names the ASIN. Rows that promote the product and rows of brand halo claim orders of the same cell.
with reported as (
    select
        -- A profile of no known market has cells of its own, in which there are no lines.
        coalesce(accounts.market, '') as market,
        products.*
    from {{ ref('stg_amazon_attribution__products') }} as products
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'amazon_attribution'
        and accounts.account_id = products.profile_id
),

claims as (
    select
        market,
        asin,
        event_date_source as claim_date,
        ad_group_id,
        min(campaign_id) as campaign_id,
        case
            when coalesce(lower(min(publisher)), 'tiktok') like 'tiktok%' then 'tiktok_ads'
            else replace(lower(min(publisher)), ' ', '_')
        end as channel,
        min(currency) as currency,
        cast(sum(1000000 * coalesce(promoted_orders, 0)) as bigint) as promoted_micro,
        cast(sum(1000000 * coalesce(halo_orders, 0)) as bigint) as brand_halo_micro,
        cast(sum(coalesce(promoted_sales_minor, 0) + coalesce(halo_sales_minor, 0)) as bigint) as claimed_amount_minor
    from reported
    group by market, asin, event_date_source, ad_group_id
),

homes as (
    select
        claims.market,
        claims.ad_group_id,
        max(case when tags.market = claims.market then 1 else 0 end) as is_at_home
    from claims
    join {{ ref('int_cells__tag_markets') }} as tags
        on tags.ad_group_id = claims.ad_group_id
    group by claims.market, claims.ad_group_id
),

listed as (
    select distinct
        market,
        asin
    from {{ ref('stg_reference__listings') }}
),

catalogues as (
    select distinct market
    from listed
)

select
    claims.*,
    claims.promoted_micro + claims.brand_halo_micro as claimed_micro,
    -- Amazon does not follow a shopper across borders: a tag that only other markets know cannot have sold here.
    coalesce(homes.is_at_home, 1) = 0 as is_cross_market,
    listed.asin is not null or (catalogues.market is null and claims.market <> '') as is_listed
from claims
left join homes
    on homes.market = claims.market
    and homes.ad_group_id = claims.ad_group_id
left join listed
    on listed.market = claims.market
    and listed.asin = claims.asin
left join catalogues
    on catalogues.market = claims.market
where claims.promoted_micro + claims.brand_halo_micro > 0
