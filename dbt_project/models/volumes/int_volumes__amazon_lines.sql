-- Dated in UTC: an order's own zone matters to a report by market, and not to the question whether orders are missing.
select
    lines.order_id,
    coalesce(markets.marketplace_id, lines.market) as marketplace_id,
    cast(lines.purchased_at as date) as event_date,
    lines.gross_amount_minor
from {{ ref('stg_amazon_seller__order_lines') }} as lines
left join {{ ref('stg_reference__markets') }} as markets
    on markets.market = lines.market
