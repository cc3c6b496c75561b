-- Each order of a cell gets each tag's share; rows of one order and ASIN share its weights. One rule in every model.
with lines as (
    select
        lines.conversion_id,
        lines.line_key,
        lines.market,
        lines.asin,
        lines.cell_date,
        pairs.retained_pairs,
        (pairs.pair_number - 1) % pairs.retained_pairs as turn
    from {{ ref('int_cells__lines') }} as lines
    join {{ ref('int_cells__pairs') }} as pairs
        on pairs.market = lines.market
        and pairs.asin = lines.asin
        and pairs.cell_date = lines.cell_date
        and pairs.order_id = lines.order_id
    where not pairs.is_order_linked and pairs.retained_pairs > 0
),

creators as (
    select
        ad_id,
        min(creator_id) as creator_id
    from {{ ref('int_cells__tag_owners') }}
    group by ad_id
),

recipients as (
    select
        recipients.*,
        claims.channel,
        claims.campaign_id,
        ads.content_id,
        creators.creator_id
    from {{ ref('int_cells__recipients') }} as recipients
    join {{ ref('int_cells__claims') }} as claims
        on claims.market = recipients.market
        and claims.asin = recipients.asin
        and claims.claim_date = recipients.claim_date
        and claims.ad_group_id = recipients.ad_group_id
    left join {{ ref('stg_tiktok_ads__ads') }} as ads
        on ads.ad_id = recipients.creative_id
    left join creators
        on creators.ad_id = recipients.creative_id
),

shared as (
    select
        lines.conversion_id,
        lines.line_key,
        recipients.*,
        {{ cell_credit_upto('placed_upto - placed_micro', 'turn', 'retained_pairs') }} as credit_before,
        {{ cell_credit_upto('placed_upto', 'turn', 'retained_pairs') }} as credit_upto
    from lines
    join recipients
        on recipients.market = lines.market
        and recipients.asin = lines.asin
        and recipients.cell_date = lines.cell_date
)

select
    conversion_id,
    line_key,
    recipient_key,
    touchpoint_id,
    channel,
    campaign_id,
    ad_group_id,
    creative_id as ad_id,
    content_id,
    creator_id,
    'tag' as evidence,
    'cell' as credit_resolution,
    credit_before,
    credit_upto
from shared
where credit_upto > credit_before
