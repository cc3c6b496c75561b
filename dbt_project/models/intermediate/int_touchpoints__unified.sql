with unified as (
    select * from {{ ref('int_touchpoints__from_links') }}
    union all
    select * from {{ ref('int_touchpoints__from_events') }}
),

timed as (
    select
        unified.*,
        {{ epoch_us('occurred_at') }} as occurred_us,
        {{ epoch_us('first_known_at') }} as first_known_us,
        case touch_type
            when 'impression' then {{ days_in_us('impression_window_days') }}
            when 'view_2s' then {{ days_in_us('view_2s_window_days') }}
            when 'view_6s' then {{ days_in_us('view_6s_window_days') }}
            when 'engagement' then {{ days_in_us('engagement_window_days') }}
            when 'click' then {{ days_in_us('click_window_days') }}
        end as window_us
    from unified
)

select
    timed.*,
    -- A conversion at this instant or later does not see the touch any more.
    occurred_us + window_us as expires_us
from timed
