-- Code orders take their claim with them too (ledger-rules 11). Whoever's click we know is judged by it; for the others
-- the code's owner stands in.
with codes as (
    select
        market,
        asin,
        cell_date,
        code_creator_id as creator_id,
        count(*) as code_pairs
    from {{ ref('int_cells__pairs') }}
    where is_order_linked and is_retained and has_code and clicked_ad_group_id is null
    group by market, asin, cell_date, code_creator_id
),

owners as (
    select distinct
        ad_group_id,
        creator_id
    from {{ ref('int_cells__tag_owners') }}
),

-- What part of a code order's claim its owner's tags lose is a setting; totals are also published for none and all.
weights as (
    select 0 as code_weight_micro
    union
    select 1000000 as code_weight_micro
    union
    select {{ code_claim_weight_micro() }} as code_weight_micro
),

-- Which of the owner's tags sold is unknown, so that each of them loses its part of each code order.
coded as (
    select
        codes.market,
        codes.asin,
        codes.cell_date,
        owners.ad_group_id,
        sum(codes.code_pairs) as code_pairs
    from codes
    join owners
        on owners.creator_id = codes.creator_id
    group by codes.market, codes.asin, codes.cell_date, owners.ad_group_id
),

taken as (
    select
        claims.*,
        weights.code_weight_micro,
        -- No tag loses more than it claims.
        cast(least(claims.open_micro, weights.code_weight_micro * coalesce(coded.code_pairs, 0)) as bigint)
            as code_deducted_micro
    from {{ ref('int_cells__claims_after_clicks') }} as claims
    cross join weights
    left join coded
        on coded.market = claims.market
        and coded.asin = claims.asin
        and coded.cell_date = claims.claim_date
        and coded.ad_group_id = claims.ad_group_id
)

select
    market,
    asin,
    claim_date,
    ad_group_id,
    code_weight_micro,
    click_deducted_micro,
    code_deducted_micro,
    open_micro - code_deducted_micro as open_micro
from taken
