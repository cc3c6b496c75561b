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

owned as (
    select
        claims.*,
        codes.creator_id,
        codes.code_pairs,
        cast(sum(claims.open_micro) over (
            partition by claims.market, claims.asin, claims.claim_date, codes.creator_id
            order by claims.ad_group_id
            rows between unbounded preceding and current row
        ) as bigint) as open_upto
    from {{ ref('int_cells__claims_after_clicks') }} as claims
    join codes
        on codes.market = claims.market
        and codes.asin = claims.asin
        and codes.cell_date = claims.claim_date
    join owners
        on owners.ad_group_id = claims.ad_group_id
        and owners.creator_id = codes.creator_id
),

-- What part of a code order's claim its owner's tags lose is a setting; totals are also published for none and all.
weights as (
    select 0 as code_weight_micro
    union
    select 1000000 as code_weight_micro
    union
    select {{ code_claim_weight_micro() }} as code_weight_micro
),

-- An owner's tags are emptied one after the other.
taken as (
    select
        owned.market,
        owned.asin,
        owned.claim_date,
        owned.ad_group_id,
        weights.code_weight_micro,
        cast(sum(
            least(owned.open_upto, weights.code_weight_micro * owned.code_pairs)
            - least(owned.open_upto - owned.open_micro, weights.code_weight_micro * owned.code_pairs)
        ) as bigint) as code_micro
    from owned
    cross join weights
    group by owned.market, owned.asin, owned.claim_date, owned.ad_group_id, weights.code_weight_micro
)

select
    claims.market,
    claims.asin,
    claims.claim_date,
    claims.ad_group_id,
    weights.code_weight_micro,
    claims.click_deducted_micro,
    -- Two owners of one tag cannot take more than there is.
    least(claims.open_micro, coalesce(taken.code_micro, 0)) as code_deducted_micro,
    claims.open_micro - least(claims.open_micro, coalesce(taken.code_micro, 0)) as open_micro
from {{ ref('int_cells__claims_after_clicks') }} as claims
cross join weights
left join taken
    on taken.market = claims.market
    and taken.asin = claims.asin
    and taken.claim_date = claims.claim_date
    and taken.ad_group_id = claims.ad_group_id
    and taken.code_weight_micro = weights.code_weight_micro
