-- Summed over lines while each is one row with a column per model: an eighth of the rows of the long form.
with credit as (
    select
        credit.*,
        lines.event_date_market,
        lines.order_parts,
        lines.reporting_currency,
        {{ is_retained('credit.conversion_status') }} as is_retained
    from {{ ref('fct_attribution_credit_wide') }} as credit
    join {{ ref('fct_order_lines') }} as lines
        on lines.conversion_id = credit.conversion_id
),

summed as (
    select
        event_date_market,
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
        {{ sums_of_model('first_touch') }},
        {{ sums_of_model('last_touch') }},
        {{ sums_of_model('last_engaged_touch') }},
        {{ sums_of_model('linear') }},
        {{ sums_of_model('position_based') }},
        {{ sums_of_model('time_decay') }},
        {{ sums_of_model('amazon_14d_last_click') }},
        {{ sums_of_model('tiktok_7c1v') }}
    from credit
    group by
        event_date_market, platform, market, channel, campaign_id, content_id, creator_id, evidence,
        currency, order_parts, reporting_currency
),

of_each_model as (
    {{ order_credit_of_model('first_touch', 'summed') }}
    union all
    {{ order_credit_of_model('last_touch', 'summed') }}
    union all
    {{ order_credit_of_model('last_engaged_touch', 'summed') }}
    union all
    {{ order_credit_of_model('linear', 'summed') }}
    union all
    {{ order_credit_of_model('position_based', 'summed') }}
    union all
    {{ order_credit_of_model('time_decay', 'summed') }}
    union all
    {{ order_credit_of_model('amazon_14d_last_click', 'summed') }}
    union all
    {{ order_credit_of_model('tiktok_7c1v', 'summed') }}
)

select
    of_each_model.*,
    -- Each line stands for its part of its order, rounded to a millionth of an order.
    {{ mul_div_half_even('credit_micro', '1', 'order_parts') }} as order_micro,
    {{ mul_div_half_even('retained_credit_micro', '1', 'order_parts') }} as retained_order_micro
from of_each_model
