with of_ads as (
    select
        campaign_id,
        min(market) as market
    from {{ ref('int_ads__placed') }}
    group by campaign_id
    having count(distinct market) = 1
)

select
    campaigns.campaign_id,
    campaigns.campaign_name,
    campaigns.advertiser_id,
    campaigns.objective_type,
    campaigns.operation_status,
    coalesce(of_ads.market, accounts.market) as market
from {{ ref('stg_tiktok_ads__campaigns') }} as campaigns
left join of_ads
    on of_ads.campaign_id = campaigns.campaign_id
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_ads'
    and accounts.account_id = campaigns.advertiser_id
