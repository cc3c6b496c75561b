select
    event_date_market,
    -- Order-linked and tag evidence (ledger-rules 20); the views with halo will stand beside it, each of them whole.
    'attributed' as attribution_view,
    attribution_model,
    platform,
    market,
    channel,
    campaign_id,
    creator_id,
    evidence,
    currency,
    cast(sum(credit_micro) as bigint) as credit_micro,
    cast(sum(order_micro) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)) as orders,
    cast(sum(retained_order_micro) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)) as retained_orders,
    cast(sum(attributed_amount_minor) as bigint) as attributed_amount_minor,
    -- A sum that lacks an exchange rate is unknown, not smaller.
    case
        when sum(unconverted_rows) = 0 then cast(sum(attributed_amount_reporting_minor) as bigint)
    end as attributed_amount_reporting_minor,
    reporting_currency
from {{ ref('int_attribution__order_credit') }}
group by
    event_date_market, attribution_model, platform, market, channel, campaign_id, creator_id,
    evidence, currency, reporting_currency
