{{ config(materialized='view') }}
-- An event posts a recipient's share of the line's net amount after it, less its share before:
-- so a refund in parts ends at exactly zero.
{%- set upto = 'cast(headline_before_micro + ' ~ var('headline_model') ~ '_credit_micro as bigint)' -%}
{%- set before = 'cast(headline_before_micro as bigint)' %}
select
    events.adjustment_id,
    events.conversion_id,
    credit.recipient_key,
    '{{ var("headline_model") }}' as attribution_model,
    events.event_number,
    events.adjustment_type,
    events.event_at,
    events.event_date_utc,
    credit.platform,
    credit.market,
    credit.channel,
    credit.campaign_id,
    credit.content_id,
    credit.creator_id,
    credit.evidence,
    cast({{ amount_between('events.net_after_minor', upto, before) }}
    - {{ amount_between('(events.net_after_minor - events.amount_minor)', upto, before) }} as bigint)
        as posted_amount_minor,
    events.currency,
    cast({{ amount_between('events.net_after_reporting_minor', upto, before) }}
    - {{ amount_between(
        '(events.net_after_reporting_minor - events.amount_reporting_minor)', upto, before
    ) }} as bigint) as posted_amount_reporting_minor,
    events.is_estimated
from {{ ref('fct_order_adjustments') }} as events
join {{ ref('fct_attribution_credit_wide') }} as credit
    on credit.conversion_id = events.conversion_id
