{%- set model = var('headline_model') -%}
select
    credit.conversion_id,
    credit.recipient_key,
    lines.event_date_market,
    lines.platform,
    lines.market,
    credit.channel,
    credit.evidence,
    lines.currency,
    lines.reporting_currency,
    credit.headline_before_micro as before_micro,
    credit.{{ model }}_credit_micro as credit_micro,
    coalesce(credit.{{ model }}_amount_minor, 0) as amount_minor,
    coalesce(credit.{{ model }}_amount_reporting_minor, 0) as amount_reporting_minor
from {{ ref('fct_attribution_credit_wide') }} as credit
join {{ ref('fct_order_lines') }} as lines
    on lines.conversion_id = credit.conversion_id
-- Without a release before there is nothing to compare with.
where exists (select 1 from {{ source('raw', 'previous_release') }})
