with credit as (
    select
        lines.event_date_market,
        credit.attribution_model,
        credit.platform,
        credit.market,
        credit.channel,
        credit.campaign_id,
        credit.content_id,
        credit.creator_id,
        credit.evidence,
        credit.currency,
        lines.order_parts,
        lines.reporting_currency,
        credit.credit_micro,
        case when {{ is_retained('credit.conversion_status') }} then credit.credit_micro else 0 end
            as retained_credit_micro,
        credit.attributed_amount_minor,
        credit.attributed_amount_reporting_minor
    from {{ ref('fct_attribution_credit') }} as credit
    join {{ ref('fct_order_lines') }} as lines
        on lines.conversion_id = credit.conversion_id
),

summed as (
    select
        event_date_market,
        attribution_model,
        platform,
        market,
        channel,
        campaign_id,
        content_id,
        creator_id,
        evidence,
        currency,
        order_parts,
        reporting_currency,
        cast(sum(credit_micro) as bigint) as credit_micro,
        cast(sum(retained_credit_micro) as bigint) as retained_credit_micro,
        cast(coalesce(sum(attributed_amount_minor), 0) as bigint) as attributed_amount_minor,
        cast(coalesce(sum(attributed_amount_reporting_minor), 0) as bigint)
            as attributed_amount_reporting_minor,
        count(attributed_amount_minor) - count(attributed_amount_reporting_minor) as unconverted_rows
    from credit
    group by
        event_date_market, attribution_model, platform, market, channel, campaign_id, content_id,
        creator_id, evidence, currency, order_parts, reporting_currency
)

select
    summed.*,
    -- Each line stands for its part of its order, rounded to a millionth of an order.
    {{ mul_div_half_even('credit_micro', '1', 'order_parts') }} as order_micro,
    {{ mul_div_half_even('retained_credit_micro', '1', 'order_parts') }} as retained_order_micro
from summed
