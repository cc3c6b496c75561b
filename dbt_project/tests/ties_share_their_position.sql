-- I6: touches of one instant have one place in the path and get the same, to the millionth: which of them was loaded
-- first decides nothing.
with touched as (
    select
        credit.conversion_id,
        touches.occurred_us,
        credit.path_position,
        credit.first_touch_credit_micro,
        credit.last_touch_credit_micro,
        credit.position_based_credit_micro
    from {{ ref('fct_attribution_credit_wide') }} as credit
    join {{ ref('int_conversions__converted') }} as lines
        on lines.conversion_id = credit.conversion_id
    join {{ ref('int_touchpoints__unified') }} as touches
        on touches.platform = lines.platform
        and touches.journey_key = lines.journey_key
        and touches.touchpoint_id = credit.touchpoint_id
    where credit.path_position is not null
)

select
    conversion_id,
    occurred_us,
    count(distinct path_position) as positions
from touched
group by conversion_id, occurred_us
having count(distinct path_position) > 1
    or max(first_touch_credit_micro) - min(first_touch_credit_micro) > 1
    or max(last_touch_credit_micro) - min(last_touch_credit_micro) > 1
    or max(position_based_credit_micro) - min(position_based_credit_micro) > 1
