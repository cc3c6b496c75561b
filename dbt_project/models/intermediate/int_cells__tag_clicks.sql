-- Amazon's own rule on what we know of a buyer: the last click on a tagged link within 14 days, of the same country.
with tagged as (
    select ad_group_id from {{ ref('stg_reference__tags') }}
    union
    -- What Amazon reports has a tag, whether anybody has registered it or not.
    select ad_group_id from {{ ref('int_cells__claims') }}
),

clicks as (
    select
        lines.conversion_id,
        coalesce(clicks.ad_group_id, tags.ad_group_id, ads.ad_group_id) as ad_group_id,
        {{ epoch_us('clicks.clicked_at') }} as clicked_us,
        clicks.click_id,
        lines.converted_us
    from {{ ref('int_cells__lines') }} as lines
    join {{ ref('int_identity__visitors') }} as visitors
        on visitors.journey_key = lines.journey_key
    join {{ ref('stg_links__clicks') }} as clicks
        on clicks.visitor_id = visitors.visitor_id
    left join {{ ref('stg_reference__tags') }} as tags
        on tags.ad_id = clicks.ad_id
    left join {{ ref('stg_tiktok_ads__ads') }} as ads
        on ads.ad_id = clicks.ad_id
    left join {{ ref('stg_reference__markets') }} as markets
        on markets.country = clicks.country
    where lines.is_order_linked
        and (clicks.country is null or markets.market = lines.market)
),

ranked as (
    select
        clicks.conversion_id,
        clicks.ad_group_id,
        row_number() over (
            partition by clicks.conversion_id
            order by clicks.clicked_us desc, clicks.click_id desc
        ) as place
    from clicks
    -- Links in a creator's bio name no ad, and not every ad carries a tag.
    join tagged
        on tagged.ad_group_id = clicks.ad_group_id
    where clicks.clicked_us <= clicks.converted_us
        and clicks.converted_us - clicks.clicked_us < 14 * 86400000000
)

select
    conversion_id,
    ad_group_id
from ranked
where place = 1
