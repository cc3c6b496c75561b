with lines as (
    select
        lines.conversion_id,
        lines.platform,
        lines.journey_key,
        lines.converted_us,
        -- The latest first knowledge of a touch that still counts (ledger-rules 3).
        greatest(lines.converted_us, {{ epoch_us('lines.first_known_at') }})
            + {{ days_in_us('restatement_horizon_days') }} as late_after_us
    from {{ ref('int_conversions__converted') }} as lines
    left join {{ ref('int_promo__matched_lines') }} as promo
        on promo.conversion_id = lines.conversion_id
    where promo.conversion_id is null and lines.journey_key is not null
)

select
    lines.conversion_id,
    touches.touchpoint_id,
    touches.occurred_us,
    touches.channel,
    touches.campaign_id,
    touches.ad_group_id,
    touches.ad_id,
    touches.content_id,
    touches.creator_id,
    touches.evidence,
    touches.first_known_us > lines.late_after_us as is_late
from lines
join {{ ref('int_touchpoints__unified') }} as touches
    on touches.platform = lines.platform
    and touches.journey_key = lines.journey_key
    and touches.occurred_us <= lines.converted_us
    and touches.expires_us > lines.converted_us
