with lines as (
    select
        lines.conversion_id,
        -- Stands for the line in this run's joins and sorts, where texts would cost twice as much.
        {{ row_numbered() }} as line_number,
        lines.platform,
        lines.journey_key,
        lines.market,
        lines.converted_us,
        -- The latest first knowledge of a touch that still counts (ledger-rules 3).
        greatest(lines.converted_us, {{ epoch_us('lines.first_known_at') }})
            + {{ days_in_us('restatement_horizon_days') }} as late_after_us
    from {{ ref('int_conversions__converted') }} as lines
    join {{ ref('int_reach__journeys') }} as reached
        on reached.conversion_id = lines.conversion_id
    left join {{ ref('int_credit__order_linked_lines') }} as linked
        on linked.conversion_id = lines.conversion_id
    where linked.conversion_id is null and lines.journey_key is not null
),

seen as (
    select
        lines.conversion_id,
        lines.line_number,
        touches.touchpoint_id,
        touches.occurred_us,
        touches.touch_type,
        touches.channel,
        touches.campaign_id,
        touches.ad_group_id,
        touches.ad_id,
        touches.content_id,
        touches.creator_id,
        touches.evidence,
        touches.first_known_us > lines.late_after_us as is_late,
        -- Which groups of models may credit the touch: each has windows of its own.
        touches.occurred_us + touches.house_window_us > lines.converted_us as is_house_touch,
        touches.occurred_us + touches.amazon_window_us > lines.converted_us
            and coalesce(touches.market = lines.market, true) as is_amazon_touch,
        touches.occurred_us + touches.tiktok_window_us > lines.converted_us as is_tiktok_touch
    from lines
    join {{ ref('int_touchpoints__unified') }} as touches
        on touches.platform = lines.platform
        and touches.journey_key = lines.journey_key
        and touches.occurred_us <= lines.converted_us
        and touches.seen_until_us > lines.converted_us
)

select
    seen.*,
    {{ row_numbered() }} as candidate_number
from seen
where is_house_touch or is_amazon_touch or is_tiktok_touch
