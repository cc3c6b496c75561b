select
    ads.ad_id,
    ads.ad_name,
    ads.ad_group_id,
    ads.campaign_id,
    ads.advertiser_id,
    ads.content_id,
    ads.landing_page_url,
    -- One account may sell in several markets, so the shop an ad leads to says more than the account's country.
    coalesce(tags.market, by_domain.market, accounts.market) as market,
    case
        when tags.ad_id is not null or by_domain.market is not null then 'amazon'
        when campaigns.objective_type = 'PRODUCT_SALES' then 'tiktok_shop'
    end as destination_platform
from {{ ref('stg_tiktok_ads__ads') }} as ads
left join {{ ref('stg_reference__tags') }} as tags
    on tags.ad_id = ads.ad_id
left join {{ ref('stg_reference__markets') }} as by_domain
    on by_domain.amazon_domain = {{ domain_name('ads.landing_page_url') }}
left join {{ ref('int_accounts__markets') }} as accounts
    on accounts.platform = 'tiktok_ads'
    and accounts.account_id = ads.advertiser_id
left join {{ ref('stg_tiktok_ads__campaigns') }} as campaigns
    on campaigns.campaign_id = ads.campaign_id
