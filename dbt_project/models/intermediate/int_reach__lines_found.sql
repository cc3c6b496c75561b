select
    lines.conversion_id,
    lines.converted_at,
    {{ epoch_day('lines.converted_us') }} as converted_day,
    case when lines.journey_key is not null then {{ row_fingerprint(['lines.platform', 'lines.journey_key']) }} end
        as journey_fingerprint,
    {{ line_fingerprint('lines', 'linked') }} as line_fingerprint
from {{ ref('int_conversions__converted') }} as lines
left join {{ ref('int_credit__order_linked_lines') }} as linked
    on linked.conversion_id = lines.conversion_id
