-- Each line and recipient, with the cumulative credit of every model before and after the recipient.
select
    touches.line_key,
    concat('touch:', touches.touchpoint_id) as recipient_key,
    touches.touchpoint_id,
    touches.media_key,
    places.path_position,
    places.path_length,
    places.first_touch_before,
    places.first_touch_upto,
    places.last_touch_before,
    places.last_touch_upto,
    places.last_engaged_touch_before,
    places.last_engaged_touch_upto,
    places.linear_before,
    places.linear_upto,
    places.position_based_before,
    places.position_based_upto,
    touches.time_decay_before,
    touches.time_decay_upto,
    places.amazon_14d_last_click_before,
    places.amazon_14d_last_click_upto,
    places.tiktok_7c1v_before,
    places.tiktok_7c1v_upto
from {{ ref('int_credit__journey_touches') }} as touches
join {{ ref('int_credit__places') }} as places
    on places.place_key = touches.place_key
union all
select
    line_key,
    recipient_key,
    touchpoint_id,
    media_key,
    cast(null as int) as path_position,
    cast(null as int) as path_length,
    house_before as first_touch_before,
    credit_upto as first_touch_upto,
    house_before as last_touch_before,
    credit_upto as last_touch_upto,
    engaged_before as last_engaged_touch_before,
    credit_upto as last_engaged_touch_upto,
    house_before as linear_before,
    credit_upto as linear_upto,
    house_before as position_based_before,
    credit_upto as position_based_upto,
    house_before as time_decay_before,
    credit_upto as time_decay_upto,
    amazon_before as amazon_14d_last_click_before,
    credit_upto as amazon_14d_last_click_upto,
    tiktok_before as tiktok_7c1v_before,
    credit_upto as tiktok_7c1v_upto
from {{ ref('int_credit__without_path') }}
