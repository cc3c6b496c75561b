-- The lines whose journeys are walked in this run; what an order says by itself, such as a code, needs no touches.
select
    lines.line_key,
    lines.platform,
    lines.journey_key,
    lines.market,
    lines.converted_at,
    lines.converted_us,
    {{ instant_of_us('lines.converted_us - ' ~ longest_window()) }} as sees_from_at,
    -- The latest first knowledge of a touch that still counts (ledger-rules 3).
    greatest(lines.converted_us, {{ epoch_us('lines.first_known_at') }})
        + {{ days_in_us('restatement_horizon_days') }} as late_after_us
from {{ ref('int_conversions__converted') }} as lines
join {{ ref('int_reach__journeys') }} as reached
    on reached.line_key = lines.line_key
    -- The same line, so the same instant, by which the engine skips what it stores of other days.
    and reached.converted_at = lines.converted_at
where lines.line_key not in (select line_key from {{ ref('int_credit__order_linked_lines') }})
