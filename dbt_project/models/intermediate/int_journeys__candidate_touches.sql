with seen as (
    select
        lines.line_key,
        touches.touchpoint_id,
        touches.occurred_us,
        touches.is_click,
        touches.is_engaged,
        {{ media_key('touches', credit_resolution="'line'") }} as media_key,
        touches.first_known_us > lines.late_after_us as is_late,
        -- Which groups of models may credit the touch: each has windows of its own.
        touches.occurred_us + touches.house_window_us > lines.converted_us as is_house_touch,
        touches.occurred_us + touches.amazon_window_us > lines.converted_us
            and coalesce(touches.market = lines.market, true) as is_amazon_touch,
        touches.occurred_us + touches.tiktok_window_us > lines.converted_us as is_tiktok_touch
    from {{ ref('int_journeys__reached_lines') }} as lines
    join {{ ref('int_touchpoints__unified') }} as touches
        on touches.platform = lines.platform
        and touches.journey_key = lines.journey_key
        and touches.occurred_us <= lines.converted_us
        -- These bounds follow from the others. The engine can skip what it stores outside them, so that a run of few
        -- lines reads only the touches of their time.
        and touches.occurred_at <= lines.converted_at
        and touches.occurred_at >= lines.sees_from_at
        and touches.seen_until_us > lines.converted_us
)

-- What else readers want to know of a touch is wide, and is stored once for each media_key (int_credit__media).
select *
from seen
where is_house_touch or is_amazon_touch or is_tiktok_touch
