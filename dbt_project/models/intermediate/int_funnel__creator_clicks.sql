-- Clicks of ads are in the platform's report already; creators' links are counted by our redirector only.
select
    markets.market,
    clicks.campaign_id,
    clicks.content_id,
    coalesce(
        {{ date_in_zone('clicks.clicked_at', 'markets.time_zone') }},
        cast(clicks.clicked_at as date)
    ) as event_date,
    markets.currency,
    cast(null as bigint) as impressions,
    cast(null as bigint) as views_2s,
    cast(null as bigint) as views_6s,
    cast(null as bigint) as engagements,
    cast(1 as bigint) as destination_clicks,
    cast(1 as bigint) as amazon_clicks,
    cast(null as bigint) as shop_clicks,
    cast(null as bigint) as detail_page_views,
    cast(null as bigint) as add_to_carts,
    cast(null as bigint) as order_micro,
    cast(null as bigint) as retained_order_micro,
    cast(null as bigint) as spend_minor,
    cast(null as bigint) as attributed_net_minor
from {{ ref('stg_links__clicks') }} as clicks
left join {{ ref('stg_reference__markets') }} as markets
    on markets.country = clicks.country
where clicks.ad_id is null
