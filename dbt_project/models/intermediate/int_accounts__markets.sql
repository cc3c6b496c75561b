-- Which of our markets an advertising account sells in; NULL while no reference file says.
with markets as (
    select * from {{ ref('stg_reference__markets') }}
)

select
    'tiktok_ads' as platform,
    advertisers.advertiser_id as account_id,
    markets.market
from {{ ref('stg_tiktok_ads__advertisers') }} as advertisers
left join markets
    on markets.country = advertisers.country
union all
select
    'amazon_attribution' as platform,
    profiles.profile_id as account_id,
    coalesce(by_marketplace.market, by_country.market) as market
from {{ ref('stg_amazon_attribution__profiles') }} as profiles
left join markets as by_marketplace
    on by_marketplace.marketplace_id = profiles.marketplace_id
left join markets as by_country
    on by_country.country = profiles.country
union all
select
    'tiktok_shop' as platform,
    shops.shop_id as account_id,
    markets.market
from {{ ref('stg_tiktok_shop__shops') }} as shops
left join markets
    on markets.country = shops.country
