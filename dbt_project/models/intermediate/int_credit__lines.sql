-- The lines that are credited in this run.
select
    conversion_id,
    line_number,
    is_order_linked,
    platform,
    market,
    currency,
    conversion_status,
    line_kind_key,
    net_amount_minor,
    net_amount_reporting_minor,
    converted_at
from {{ ref('int_journeys__numbered_lines') }}
union all
select * from {{ ref('int_credit__lines_of_cells') }}
