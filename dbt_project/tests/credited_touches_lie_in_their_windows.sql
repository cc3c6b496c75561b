-- I5: no touch earns from an order before it, and in no model from an order that comes when its window is over.
with credited as (
    select
        credit.conversion_id,
        credit.touchpoint_id,
        lines.converted_us - touches.occurred_us as age_us,
        touches.house_window_us,
        touches.amazon_window_us,
        touches.tiktok_window_us,
        greatest(
            credit.first_touch_credit_micro,
            credit.last_touch_credit_micro,
            credit.last_engaged_touch_credit_micro,
            credit.linear_credit_micro,
            credit.position_based_credit_micro,
            credit.time_decay_credit_micro
        ) as most_of_house_micro,
        credit.amazon_14d_last_click_credit_micro as amazon_micro,
        credit.tiktok_7c1v_credit_micro as tiktok_micro
    from {{ ref('fct_attribution_credit_wide') }} as credit
    join {{ ref('int_conversions__converted') }} as lines
        on lines.conversion_id = credit.conversion_id
    join {{ ref('int_touchpoints__unified') }} as touches
        on touches.platform = lines.platform
        and touches.journey_key = lines.journey_key
        and touches.touchpoint_id = credit.touchpoint_id
)

select *
from credited
where age_us < 0
    or (most_of_house_micro > 0 and age_us >= house_window_us)
    or (amazon_micro > 0 and age_us >= amazon_window_us)
    or (tiktok_micro > 0 and age_us >= tiktok_window_us)
