-- Nothing is lost on the way into the funnel: page views of the campaigns, the headline model's money.
with funnel as (
    select
        coalesce(sum(detail_page_views), 0) as detail_page_views,
        coalesce(sum(attributed_net_minor), 0) as attributed_net_minor
    from {{ ref('mart_funnel_daily') }}
),

campaigns as (
    select coalesce(sum(detail_page_views), 0) as detail_page_views
    from {{ ref('stg_amazon_attribution__performance') }}
    where report_level = 'CAMPAIGN'
),

headline as (
    select coalesce(sum(attributed_amount_minor), 0) as attributed_net_minor
    from {{ ref('fct_attribution_credit') }}
    where attribution_model = '{{ var("headline_model") }}' and evidence <> 'unattributed'
)

select *
from funnel
cross join campaigns
cross join headline
where funnel.detail_page_views <> campaigns.detail_page_views
    or funnel.attributed_net_minor <> headline.attributed_net_minor
