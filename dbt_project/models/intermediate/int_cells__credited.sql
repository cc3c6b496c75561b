-- What each tag's claims got of the ledger's money, and of its orders that are kept, wherever they were placed. Of an
-- order's rows the one that names the pair stands for the order.
select
    lines.market,
    lines.asin,
    credit.ad_group_id,
    credit.touchpoint_id,
    cast(coalesce(sum(case when pairs.pair_id is not null then credit_upto - credit_before end), 0) as bigint)
        as gross_order_micro,
    cast(coalesce(sum(case when pairs.is_retained then credit_upto - credit_before end), 0) as bigint)
        as retained_order_micro,
    cast(coalesce(sum({{ amount_between('lines.net_amount_minor', 'credit_upto', 'credit_before') }}), 0) as bigint)
        as amount_minor,
    min(lines.currency) as currency
from {{ ref('int_credit__cell_lines') }} as credit
join {{ ref('int_cells__lines') }} as lines
    on lines.conversion_id = credit.conversion_id
left join {{ ref('int_cells__pairs') }} as pairs
    on pairs.pair_id = credit.conversion_id
group by lines.market, lines.asin, credit.ad_group_id, credit.touchpoint_id
