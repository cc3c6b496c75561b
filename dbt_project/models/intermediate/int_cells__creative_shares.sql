-- Creatives split their ad group's day by purchases; what the ad group has beyond them, as of masked ones, is
-- unallocated.
with performance as (
    select
        coalesce(accounts.market, '') as market,
        reports.event_date_source as claim_date,
        reports.ad_group_id,
        reports.creative_id,
        reports.report_level,
        cast(sum(coalesce(reports.orders, 0)) as bigint) as orders
    from {{ ref('stg_amazon_attribution__performance') }} as reports
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'amazon_attribution'
        and accounts.account_id = reports.profile_id
    where reports.report_level in ('ADGROUP', 'CREATIVE')
    group by
        accounts.market, reports.event_date_source, reports.ad_group_id, reports.creative_id, reports.report_level
),

creatives as (
    select
        market,
        claim_date,
        ad_group_id,
        creative_id,
        orders
    from performance
    where report_level = 'CREATIVE' and ad_group_id is not null and orders > 0
        -- A creative of that name would be taken for what no creative has.
        and creative_id <> 'unallocated'
),

beyond as (
    select
        ad_groups.market,
        ad_groups.claim_date,
        ad_groups.ad_group_id,
        cast(null as {{ dbt.type_string() }}) as creative_id,
        ad_groups.orders - coalesce(sum(creatives.orders), 0) as orders
    from performance as ad_groups
    left join creatives
        on creatives.market = ad_groups.market
        and creatives.claim_date = ad_groups.claim_date
        and creatives.ad_group_id = ad_groups.ad_group_id
    where ad_groups.report_level = 'ADGROUP'
    group by ad_groups.market, ad_groups.claim_date, ad_groups.ad_group_id, ad_groups.orders
),

shares as (
    select * from creatives
    union all
    select * from beyond
    where orders > 0
)

select
    shares.*,
    cast(sum(orders) over (
        partition by market, claim_date, ad_group_id
        order by creative_id nulls last
        rows between unbounded preceding and current row
    ) as bigint) as orders_upto,
    cast(sum(orders) over (partition by market, claim_date, ad_group_id) as bigint) as orders_total
from shares
