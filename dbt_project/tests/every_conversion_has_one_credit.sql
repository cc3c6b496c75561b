-- I1, I3: each conversion has exactly one million micros in every model, none of them negative.
select
    lines.conversion_id,
    sum(credit.first_touch_credit_micro) as first_touch,
    sum(credit.last_touch_credit_micro) as last_touch,
    sum(credit.last_engaged_touch_credit_micro) as last_engaged_touch,
    sum(credit.linear_credit_micro) as linear,
    sum(credit.position_based_credit_micro) as position_based,
    sum(credit.time_decay_credit_micro) as time_decay,
    sum(credit.amazon_14d_last_click_credit_micro) as amazon_14d_last_click,
    sum(credit.tiktok_7c1v_credit_micro) as tiktok_7c1v
from {{ ref('fct_order_lines') }} as lines
left join {{ ref('fct_attribution_credit_wide') }} as credit
    on credit.conversion_id = lines.conversion_id
group by lines.conversion_id
having coalesce(sum(credit.first_touch_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.last_touch_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.last_engaged_touch_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.linear_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.position_based_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.time_decay_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.amazon_14d_last_click_credit_micro), 0) <> 1000000
    or coalesce(sum(credit.tiktok_7c1v_credit_micro), 0) <> 1000000
    or min(least(
        credit.first_touch_credit_micro,
        credit.last_touch_credit_micro,
        credit.last_engaged_touch_credit_micro,
        credit.linear_credit_micro,
        credit.position_based_credit_micro,
        credit.time_decay_credit_micro,
        credit.amazon_14d_last_click_credit_micro,
        credit.tiktok_7c1v_credit_micro
    )) < 0
