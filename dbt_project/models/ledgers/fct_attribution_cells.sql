with placements as (
    select * from {{ ref('int_cells__placements') }}
),

bounds as (
    select
        market,
        asin,
        claim_date,
        ad_group_id,
        max(case when code_weight_micro = 0 then placed_here_micro + moved_earlier_micro + moved_later_micro end)
            as placed_without_codes_micro,
        max(case when code_weight_micro = 1000000 then placed_here_micro + moved_earlier_micro + moved_later_micro end)
            as placed_with_codes_micro
    from placements
    group by market, asin, claim_date, ad_group_id
),

cells as (
    select
        claims.*,
        placed.retained_pairs,
        bounds.placed_without_codes_micro,
        bounds.placed_with_codes_micro,
        coalesce(placed.click_deducted_micro, 0) as click_deducted_micro,
        coalesce(placed.code_deducted_micro, 0) as code_deducted_micro,
        coalesce(placed.moved_earlier_micro, 0) as moved_earlier_micro,
        coalesce(placed.moved_later_micro, 0) as moved_later_micro,
        coalesce(placed.placed_here_micro + placed.moved_earlier_micro + placed.moved_later_micro, 0) as placed_micro,
        coalesce(placed.scaled_down_micro, 0) as scaled_down_micro,
        case when claims.is_cross_market then claims.claimed_micro else placed.unplaced_micro end as unplaced_micro
    from {{ ref('int_cells__claims') }} as claims
    left join placements as placed
        on placed.market = claims.market
        and placed.asin = claims.asin
        and placed.claim_date = claims.claim_date
        and placed.ad_group_id = claims.ad_group_id
        and placed.code_weight_micro = {{ code_claim_weight_micro() }}
    left join bounds
        on bounds.market = claims.market
        and bounds.asin = claims.asin
        and bounds.claim_date = claims.claim_date
        and bounds.ad_group_id = claims.ad_group_id
)

select
    nullif(cells.market, '') as market,
    cells.asin,
    cells.claim_date as event_date_source,
    cells.campaign_id,
    cells.ad_group_id,
    cells.channel,
    coalesce(cells.retained_pairs, 0) as open_orders,
    cells.promoted_micro as claimed_promoted_micro,
    cells.brand_halo_micro as claimed_brand_halo_micro,
    cells.claimed_micro,
    cells.click_deducted_micro,
    cells.code_deducted_micro,
    cells.placed_micro,
    cells.moved_earlier_micro,
    cells.moved_later_micro,
    cells.scaled_down_micro,
    cells.unplaced_micro,
    {{ mul_div('cells.placed_micro', 'cells.promoted_micro', 'cells.claimed_micro') }} as placed_promoted_micro,
    cells.placed_micro - {{ mul_div('cells.placed_micro', 'cells.promoted_micro', 'cells.claimed_micro') }}
        as placed_brand_halo_micro,
    coalesce(cells.placed_without_codes_micro, 0) as placed_without_codes_micro,
    coalesce(cells.placed_with_codes_micro, 0) as placed_with_codes_micro,
    coalesce(credited.gross_order_micro, 0) as credited_order_micro,
    coalesce(credited.retained_order_micro, 0) as credited_retained_order_micro,
    cells.claimed_amount_minor,
    coalesce(credited.amount_minor, 0) as credited_amount_minor,
    -- Purchases weigh and claimed sales do not, so the platform's money and the ledger's differ.
    case
        when coalesce(credited.currency, cells.currency) = cells.currency
            then cells.claimed_amount_minor - coalesce(credited.amount_minor, 0)
    end as value_gap_minor,
    cells.currency
from cells
left join {{ ref('int_cells__credited') }} as credited
    on credited.market = cells.market
    and credited.asin = cells.asin
    and credited.ad_group_id = cells.ad_group_id
    and credited.touchpoint_id
    = concat('tag:', cells.ad_group_id, ':', cast(cells.claim_date as {{ dbt.type_string() }}))
