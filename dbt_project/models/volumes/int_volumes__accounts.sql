-- An account of which no market is known has none, and then no promotion and no market's views explain its figures.
with countries as (
    select
        country,
        min(market) as market
    from {{ ref('stg_reference__markets') }}
    group by country
),

account_countries as (
    select
        'tiktok_ads' as source,
        advertiser_id as account,
        max(country) as country
    from {{ ref('stg_tiktok_ads__advertisers') }}
    group by advertiser_id
    union all
    select
        'tiktok_organic' as source,
        daily.business_id as account,
        max(creators.country) as country
    from {{ ref('stg_tiktok_organic__account_daily') }} as daily
    join {{ ref('stg_reference__creators') }} as creators
        on creators.handle = daily.username
    group by daily.business_id
    union all
    select
        'tiktok_shop' as source,
        shop_id as account,
        max(country) as country
    from {{ ref('stg_tiktok_shop__shops') }}
    group by shop_id
    union all
    select
        'links' as source,
        country as account,
        country
    from countries
),

profile_sources as (
    select 'amazon_attribution' as source
    union all
    select 'amazon_ads' as source
),

marketplaces as (
    select
        'amazon_seller' as source,
        marketplace_id as account,
        marketplace_id
    from {{ ref('stg_reference__markets') }}
    where marketplace_id is not null
    union all
    select
        profile_source.source,
        profiles.profile_id as account,
        profiles.marketplace_id
    from {{ ref('stg_amazon_attribution__profiles') }} as profiles
    cross join profile_sources as profile_source
)

select
    account_countries.source,
    account_countries.account,
    countries.market
from account_countries
join countries
    on countries.country = account_countries.country
union all
select
    marketplaces.source,
    marketplaces.account,
    min(markets.market) as market
from marketplaces
join {{ ref('stg_reference__markets') }} as markets
    on markets.marketplace_id = marketplaces.marketplace_id
group by marketplaces.source, marketplaces.account
