-- Who is credited in a cell, and how much over all its orders: its own claims and those moved here from a day beside.
with placements as (
    select * from {{ ref('int_cells__placements') }}
    where code_weight_micro = {{ code_claim_weight_micro() }}
),

placed as (
    select
        market,
        asin,
        claim_date as cell_date,
        claim_date,
        ad_group_id,
        placed_here_micro as placed_micro
    from placements
    union all
    select
        market,
        asin,
        {{ add_days('claim_date', -1) }} as cell_date,
        claim_date,
        ad_group_id,
        moved_earlier_micro as placed_micro
    from placements
    union all
    select
        market,
        asin,
        {{ add_days('claim_date', 1) }} as cell_date,
        claim_date,
        ad_group_id,
        moved_later_micro as placed_micro
    from placements
),

split as (
    select
        placed.market,
        placed.asin,
        placed.cell_date,
        placed.claim_date,
        placed.ad_group_id,
        shares.creative_id,
        case
            when shares.orders is null then placed.placed_micro
            else {{ share_between(
                'placed.placed_micro', 'shares.orders_upto', 'shares.orders_upto - shares.orders', 'shares.orders_total'
            ) }}
        end as placed_micro
    from placed
    left join {{ ref('int_cells__creative_shares') }} as shares
        on shares.market = placed.market
        and shares.claim_date = placed.claim_date
        and shares.ad_group_id = placed.ad_group_id
),

keyed as (
    select
        split.*,
        concat('tag:', ad_group_id, ':', cast(claim_date as {{ dbt.type_string() }})) as touchpoint_id,
        concat(
            'tag:', ad_group_id, ':', cast(claim_date as {{ dbt.type_string() }}), ':',
            {{ tag_part('creative_id', 'unallocated') }}
        ) as recipient_key
    from split
    where placed_micro > 0
)

select
    keyed.*,
    cast(sum(placed_micro) over (
        partition by market, asin, cell_date
        order by recipient_key
        rows between unbounded preceding and current row
    ) as bigint) as placed_upto
from keyed
