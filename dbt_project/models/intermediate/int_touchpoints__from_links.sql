select
    'amazon' as platform,
    visitors.journey_key,
    clicks.click_id as touchpoint_id,
    clicks.clicked_at as occurred_at,
    'click' as touch_type,
    case
        when clicks.ad_id is not null then 'tiktok_ads'
        when coalesce(clicks.creator_id, creators.creator_id) is not null then 'tiktok_creators'
        else 'links'
    end as channel,
    coalesce(clicks.campaign_id, ads.campaign_id) as campaign_id,
    coalesce(clicks.ad_group_id, ads.ad_group_id) as ad_group_id,
    clicks.ad_id,
    coalesce(clicks.content_id, ads.content_id) as content_id,
    -- Links of Spark ads seldom name the creator, but the post that the ad shows is hers.
    coalesce(clicks.creator_id, creators.creator_id) as creator_id,
    -- Where the browser was; a country that is no market of ours is unknown.
    markets.market,
    'identity' as evidence,
    clicks.first_known_at,
    {{ row_fingerprint([
        'visitors.journey_key', 'clicks.click_id', 'clicks.clicked_at', 'clicks.campaign_id', 'ads.campaign_id',
        'clicks.ad_group_id', 'ads.ad_group_id', 'clicks.ad_id', 'clicks.content_id', 'ads.content_id',
        'clicks.creator_id', 'creators.creator_id', 'markets.market', 'clicks.first_known_at',
    ]) }} as touch_fingerprint
from {{ ref('stg_links__clicks') }} as clicks
join {{ ref('int_identity__visitors') }} as visitors
    on visitors.visitor_id = clicks.visitor_id
left join {{ ref('stg_tiktok_ads__ads') }} as ads
    on ads.ad_id = clicks.ad_id
left join {{ ref('int_creators__by_content') }} as creators
    on creators.content_id = coalesce(clicks.content_id, ads.content_id)
left join {{ ref('stg_reference__markets') }} as markets
    on markets.country = clicks.country
