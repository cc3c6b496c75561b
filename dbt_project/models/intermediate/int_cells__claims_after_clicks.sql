-- An order that other evidence credits takes its claim with it, or it would be credited twice (ledger-rules 11). Here
-- those whose buyer's last tagged click is known.
with clicked as (
    select
        market,
        asin,
        cell_date,
        clicked_ad_group_id as ad_group_id,
        1000000 * count(*) as clicked_micro
    from {{ ref('int_cells__pairs') }}
    where is_order_linked and is_retained and clicked_ad_group_id is not null
    group by market, asin, cell_date, clicked_ad_group_id
)

select
    claims.market,
    claims.asin,
    claims.claim_date,
    claims.ad_group_id,
    claims.claimed_micro,
    least(claims.claimed_micro, coalesce(clicked.clicked_micro, 0)) as click_deducted_micro,
    claims.claimed_micro - least(claims.claimed_micro, coalesce(clicked.clicked_micro, 0)) as open_micro
from {{ ref('int_cells__claims') }} as claims
left join clicked
    on clicked.market = claims.market
    and clicked.asin = claims.asin
    and clicked.cell_date = claims.claim_date
    and clicked.ad_group_id = claims.ad_group_id
where not claims.is_cross_market
