-- Per tag and day, what Amazon claims is deducted, placed, scaled down or unplaced, to the millionth; none of it is
-- below zero.
with claimed as (
    select
        accounts.market,
        products.ad_group_id,
        products.event_date_source,
        sum(1000000 * (coalesce(products.promoted_orders, 0) + coalesce(products.halo_orders, 0))) as claimed_micro
    from {{ ref('stg_amazon_attribution__products') }} as products
    left join {{ ref('int_accounts__markets') }} as accounts
        on accounts.platform = 'amazon_attribution'
        and accounts.account_id = products.profile_id
    group by accounts.market, products.ad_group_id, products.event_date_source
    having sum(coalesce(products.promoted_orders, 0) + coalesce(products.halo_orders, 0)) > 0
),

cells as (
    select
        market,
        ad_group_id,
        event_date_source,
        sum(click_deducted_micro + code_deducted_micro + placed_micro + scaled_down_micro + unplaced_micro)
            as accounted_micro,
        min(least(
            click_deducted_micro, code_deducted_micro, placed_micro, moved_earlier_micro, moved_later_micro,
            scaled_down_micro, unplaced_micro
        )) as smallest_micro,
        sum(unplaced_micro) as unplaced_micro
    from {{ ref('fct_attribution_cells') }}
    group by market, ad_group_id, event_date_source
),

unplaced as (
    select
        market,
        ad_group_id,
        event_date_source,
        sum(unplaced_micro) as unplaced_micro
    from {{ ref('fct_unplaced_claims') }}
    where unplaced_reason <> 'no_asin'
    group by market, ad_group_id, event_date_source
)

select
    coalesce(claimed.ad_group_id, cells.ad_group_id) as ad_group_id,
    coalesce(claimed.event_date_source, cells.event_date_source) as event_date_source,
    claimed.claimed_micro,
    cells.accounted_micro,
    cells.unplaced_micro,
    unplaced.unplaced_micro as unplaced_by_reason_micro
from claimed
full outer join cells
    on cells.market is not distinct from claimed.market
    and cells.ad_group_id = claimed.ad_group_id
    and cells.event_date_source = claimed.event_date_source
left join unplaced
    on unplaced.market is not distinct from cells.market
    and unplaced.ad_group_id = cells.ad_group_id
    and unplaced.event_date_source = cells.event_date_source
where claimed.claimed_micro is distinct from cells.accounted_micro
    or cells.smallest_micro < 0
    or cells.unplaced_micro <> coalesce(unplaced.unplaced_micro, 0)
