select
    event_date_market,
    platform,
    market,
    channel,
    evidence,
    currency,
    reporting_currency,
    sum(credit_before) as credit_before,
    sum(credit_after) as credit_after,
    sum(credit_data) as credit_data,
    sum(credit_weights) as credit_weights,
    sum(amount_before) as amount_before,
    sum(amount_after) as amount_after,
    sum(amount_data) as amount_data,
    sum(amount_weights) as amount_weights,
    sum(reporting_before) as reporting_before,
    sum(reporting_after) as reporting_after,
    sum(reporting_data) as reporting_data,
    sum(reporting_weights) as reporting_weights
from {{ ref('int_bridge__moves') }}
group by event_date_market, platform, market, channel, evidence, currency, reporting_currency
