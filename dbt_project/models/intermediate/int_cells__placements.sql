-- What became of every tag's claims: a cell's amounts are shared out by the claims still open, by cumulative floors.
with claims as (
    select
        claims.*,
        cells.cell_open_micro,
        cells.retained_pairs,
        cells.cell_placed_micro,
        cells.cell_moved_earlier_micro,
        cells.cell_moved_later_micro,
        cast(sum(claims.open_micro) over cell as bigint) as open_upto
    from {{ ref('int_cells__deductions') }} as claims
    join {{ ref('int_cells__moves') }} as cells
        on cells.market = claims.market
        and cells.asin = claims.asin
        and cells.claim_date = claims.claim_date
        and cells.code_weight_micro = claims.code_weight_micro
    window cell as (
        partition by claims.market, claims.asin, claims.claim_date, claims.code_weight_micro
        order by claims.ad_group_id
        rows between unbounded preceding and current row
    )
),

placed as (
    select
        claims.*,
        case
            when cell_open_micro = 0 then 0
            else {{ share_between('cell_placed_micro', 'open_upto', 'open_upto - open_micro', 'cell_open_micro') }}
        end as placed_here_micro,
        case
            when cell_open_micro = 0 then 0
            else {{ share_between(
                'cell_moved_earlier_micro', 'open_upto', 'open_upto - open_micro', 'cell_open_micro'
            ) }}
        end as moved_earlier_micro
    from claims
),

rested as (
    select
        placed.*,
        open_micro - moved_earlier_micro as rest_micro,
        cell_open_micro - cell_moved_earlier_micro as cell_rest_micro,
        cast(sum(open_micro - moved_earlier_micro) over (
            partition by market, asin, claim_date, code_weight_micro
            order by ad_group_id
            rows between unbounded preceding and current row
        ) as bigint) as rest_upto
    from placed
),

moved as (
    select
        rested.*,
        case
            when cell_rest_micro = 0 then 0
            else {{ share_between('cell_moved_later_micro', 'rest_upto', 'rest_upto - rest_micro', 'cell_rest_micro') }}
        end as moved_later_micro
    from rested
)

select
    market,
    asin,
    claim_date,
    ad_group_id,
    code_weight_micro,
    click_deducted_micro,
    code_deducted_micro,
    open_micro,
    retained_pairs,
    placed_here_micro,
    moved_earlier_micro,
    moved_later_micro,
    -- A cell with orders of its own keeps its claims, scaled to the orders it has; one without gives them up.
    case when retained_pairs > 0 then open_micro - placed_here_micro else 0 end as scaled_down_micro,
    case when retained_pairs > 0 then 0 else rest_micro - moved_later_micro end as unplaced_micro
from moved
