with unified as (
    select * from {{ ref('int_touchpoints__from_links') }}
    union all
    select * from {{ ref('int_touchpoints__from_events') }}
),

-- How long each rule lets a touch count; a conversion as old as the window, or older, does not see it any more.
windowed as (
    select
        unified.*,
        {{ epoch_us('occurred_at') }} as occurred_us,
        {{ epoch_us('first_known_at') }} as first_known_us,
        touch_type = 'click' as is_click,
        {{ is_engaged('touch_type') }} as is_engaged,
        {{ house_window('touch_type') }} as house_window_us,
        {{ amazon_window('platform', 'touch_type') }} as amazon_window_us,
        {{ tiktok_window('channel', 'touch_type') }} as tiktok_window_us
    from unified
)

select
    windowed.*,
    occurred_us + greatest(house_window_us, amazon_window_us, tiktok_window_us) as seen_until_us
from windowed
