-- In every model, a line's amounts add up to its net amount, in its own and in the reporting currency; unknown stays unknown.
with credited as (
    select
        conversion_id,
        count(*) as recipients,
        sum(first_touch_amount_minor) as first_touch,
        sum(last_touch_amount_minor) as last_touch,
        sum(last_engaged_touch_amount_minor) as last_engaged_touch,
        sum(linear_amount_minor) as linear,
        sum(position_based_amount_minor) as position_based,
        sum(time_decay_amount_minor) as time_decay,
        sum(amazon_14d_last_click_amount_minor) as amazon_14d_last_click,
        sum(tiktok_7c1v_amount_minor) as tiktok_7c1v,
        sum(first_touch_amount_reporting_minor) as first_touch_reporting,
        sum(last_touch_amount_reporting_minor) as last_touch_reporting,
        sum(last_engaged_touch_amount_reporting_minor) as last_engaged_touch_reporting,
        sum(linear_amount_reporting_minor) as linear_reporting,
        sum(position_based_amount_reporting_minor) as position_based_reporting,
        sum(time_decay_amount_reporting_minor) as time_decay_reporting,
        sum(amazon_14d_last_click_amount_reporting_minor) as amazon_14d_last_click_reporting,
        sum(tiktok_7c1v_amount_reporting_minor) as tiktok_7c1v_reporting,
        count(first_touch_amount_minor) as first_touch_known,
        count(last_touch_amount_minor) as last_touch_known,
        count(last_engaged_touch_amount_minor) as last_engaged_touch_known,
        count(linear_amount_minor) as linear_known,
        count(position_based_amount_minor) as position_based_known,
        count(time_decay_amount_minor) as time_decay_known,
        count(amazon_14d_last_click_amount_minor) as amazon_14d_last_click_known,
        count(tiktok_7c1v_amount_minor) as tiktok_7c1v_known
    from {{ ref('fct_attribution_credit_wide') }}
    group by conversion_id
)

select
    lines.net_amount_minor,
    lines.net_amount_reporting_minor,
    credited.*
from {{ ref('fct_order_lines') }} as lines
join credited
    on credited.conversion_id = lines.conversion_id
where
    first_touch is distinct from lines.net_amount_minor
    or last_touch is distinct from lines.net_amount_minor
    or last_engaged_touch is distinct from lines.net_amount_minor
    or linear is distinct from lines.net_amount_minor
    or position_based is distinct from lines.net_amount_minor
    or time_decay is distinct from lines.net_amount_minor
    or amazon_14d_last_click is distinct from lines.net_amount_minor
    or tiktok_7c1v is distinct from lines.net_amount_minor
    or first_touch_reporting is distinct from lines.net_amount_reporting_minor
    or last_touch_reporting is distinct from lines.net_amount_reporting_minor
    or last_engaged_touch_reporting is distinct from lines.net_amount_reporting_minor
    or linear_reporting is distinct from lines.net_amount_reporting_minor
    or position_based_reporting is distinct from lines.net_amount_reporting_minor
    or time_decay_reporting is distinct from lines.net_amount_reporting_minor
    or amazon_14d_last_click_reporting is distinct from lines.net_amount_reporting_minor
    or tiktok_7c1v_reporting is distinct from lines.net_amount_reporting_minor
    or first_touch_known not in (0, recipients)
    or last_touch_known not in (0, recipients)
    or last_engaged_touch_known not in (0, recipients)
    or linear_known not in (0, recipients)
    or position_based_known not in (0, recipients)
    or time_decay_known not in (0, recipients)
    or amazon_14d_last_click_known not in (0, recipients)
    or tiktok_7c1v_known not in (0, recipients)
