-- The lines whose journeys, codes or own values changed since they were credited, each with a number.
select
    lines.conversion_id,
    -- Stands for the line in this run's joins and sorts, where texts would cost twice as much.
    {{ row_numbered() }} as line_number,
    -- What an order says by itself, such as a code, needs no touches.
    linked.conversion_id is not null as is_order_linked,
    lines.platform,
    lines.journey_key,
    lines.market,
    lines.currency,
    lines.conversion_status,
    {{ line_kind_key('lines') }} as line_kind_key,
    lines.net_amount_minor,
    lines.net_amount_reporting_minor,
    lines.converted_at,
    lines.converted_us,
    {{ instant_of_us('lines.converted_us - ' ~ longest_window()) }} as sees_from_at,
    -- The latest first knowledge of a touch that still counts (ledger-rules 3).
    greatest(lines.converted_us, {{ epoch_us('lines.first_known_at') }})
        + {{ days_in_us('restatement_horizon_days') }} as late_after_us
from {{ ref('int_conversions__converted') }} as lines
join {{ ref('int_reach__journeys') }} as reached
    on reached.conversion_id = lines.conversion_id
left join {{ ref('int_credit__order_linked_lines') }} as linked
    on linked.conversion_id = lines.conversion_id
