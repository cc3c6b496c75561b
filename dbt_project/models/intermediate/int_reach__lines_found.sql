with lines as (
    select
        line_key,
        converted_at,
        converted_us,
        first_known_at,
        market,
        case when journey_key is not null then {{ row_fingerprint(['platform', 'journey_key']) }} end
            as journey_fingerprint
    from {{ ref('int_conversions__converted') }}
)

select
    lines.line_key,
    lines.converted_at,
    lines.journey_fingerprint,
    -- What credit reads of a line besides touches and cells. Amounts and status are read with the line, so that what is
    -- restated changes money and touches no credit.
    {{ row_fingerprint([
        'lines.line_key', 'lines.journey_fingerprint', 'lines.converted_us', 'lines.first_known_at', 'lines.market',
        'linked.linked_fingerprint',
    ]) }} as line_fingerprint
from lines
left join {{ ref('int_reach__linked_found') }} as linked
    on linked.line_key = lines.line_key
