-- A claim without an order in its cell may move once, to the day before or after (ledger-rules 13). It takes only room
-- that the other cell's own claims leave. The day before comes first: a claim may be dated after its purchase only.
with pairs as (
    select distinct
        market,
        asin,
        cell_date,
        retained_pairs
    from {{ ref('int_cells__pairs') }}
    where not is_order_linked and retained_pairs > 0
),

claims as (
    select
        market,
        asin,
        claim_date,
        code_weight_micro,
        cast(sum(open_micro) as bigint) as open_micro
    from {{ ref('int_cells__deductions') }}
    group by market, asin, claim_date, code_weight_micro
),

weights as (
    select distinct code_weight_micro
    from claims
),

cells as (
    select
        claims.*,
        coalesce(pairs.retained_pairs, 0) as retained_pairs
    from claims
    left join pairs
        on pairs.market = claims.market
        and pairs.asin = claims.asin
        and pairs.cell_date = claims.claim_date
),

rooms as (
    select
        pairs.market,
        pairs.asin,
        pairs.cell_date,
        weights.code_weight_micro,
        1000000 * pairs.retained_pairs
        - least(1000000 * pairs.retained_pairs, coalesce(claims.open_micro, 0)) as room_micro
    from pairs
    cross join weights
    left join claims
        on claims.market = pairs.market
        and claims.asin = pairs.asin
        and claims.claim_date = pairs.cell_date
        and claims.code_weight_micro = weights.code_weight_micro
),

stranded as (
    select
        cells.*,
        least(cells.open_micro, coalesce(rooms.room_micro, 0)) as moved_earlier_micro
    from cells
    left join rooms
        on rooms.market = cells.market
        and rooms.asin = cells.asin
        and rooms.cell_date = {{ add_days('cells.claim_date', -1) }}
        and rooms.code_weight_micro = cells.code_weight_micro
    where cells.retained_pairs = 0
),

-- The day after may first have been given to by the day after that.
later as (
    select
        stranded.*,
        coalesce(rooms.room_micro, 0) - coalesce(next_but_one.moved_earlier_micro, 0) as room_later_micro
    from stranded
    left join rooms
        on rooms.market = stranded.market
        and rooms.asin = stranded.asin
        and rooms.cell_date = {{ add_days('stranded.claim_date', 1) }}
        and rooms.code_weight_micro = stranded.code_weight_micro
    left join stranded as next_but_one
        on next_but_one.market = stranded.market
        and next_but_one.asin = stranded.asin
        and next_but_one.claim_date = {{ add_days('stranded.claim_date', 2) }}
        and next_but_one.code_weight_micro = stranded.code_weight_micro
)

select
    cells.market,
    cells.asin,
    cells.claim_date,
    cells.code_weight_micro,
    cells.open_micro as cell_open_micro,
    cells.retained_pairs,
    least(cells.open_micro, 1000000 * cells.retained_pairs) as cell_placed_micro,
    coalesce(later.moved_earlier_micro, 0) as cell_moved_earlier_micro,
    coalesce(least(later.open_micro - later.moved_earlier_micro, later.room_later_micro), 0) as cell_moved_later_micro
from cells
left join later
    on later.market = cells.market
    and later.asin = cells.asin
    and later.claim_date = cells.claim_date
    and later.code_weight_micro = cells.code_weight_micro
