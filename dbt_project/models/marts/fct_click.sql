-- Visitors stay out of the release: a click says only whether its person is known.
with visitors as (
    select distinct visitor_id
    from {{ ref('int_identity__visitors') }}
)

select
    clicks.click_id,
    clicks.clicked_at,
    coalesce(
        {{ date_in_zone('clicks.clicked_at', 'markets.time_zone') }},
        cast(clicks.clicked_at as date)
    ) as event_date_market,
    markets.market,
    case
        when clicks.ad_id is not null then 'tiktok_ads'
        when clicks.creator_id is not null then 'tiktok_creators'
        else 'links'
    end as channel,
    coalesce(clicks.campaign_id, ads.campaign_id) as campaign_id,
    coalesce(clicks.ad_group_id, ads.ad_group_id) as ad_group_id,
    clicks.ad_id,
    coalesce(clicks.content_id, ads.content_id) as content_id,
    clicks.creator_id,
    clicks.placement,
    clicks.destination_asin as asin,
    tags.attribution_tag,
    clicks.ttclid is not null as has_ttclid,
    visitors.visitor_id is not null as is_of_known_person
from {{ ref('stg_links__clicks') }} as clicks
left join {{ ref('int_ads__placed') }} as ads
    on ads.ad_id = clicks.ad_id
left join {{ ref('stg_reference__tags') }} as tags
    on tags.ad_id = clicks.ad_id
left join {{ ref('stg_reference__markets') }} as markets
    on markets.country = clicks.country
left join visitors
    on visitors.visitor_id = clicks.visitor_id
