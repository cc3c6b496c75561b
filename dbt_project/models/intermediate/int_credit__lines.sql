-- The lines that are credited in this run.
-- depends_on: {{ ref('int_conversions__converted') }}
-- depends_on: {{ ref('int_reach__lines') }}
select
    conversion_id,
    line_number,
    is_order_linked,
    line_kind_key,
    net_amount_minor,
    net_amount_reporting_minor,
    converted_at
from {{ ref('int_journeys__numbered_lines') }}
{% if is_credit_kept() -%}
union all
-- Only their share in a cell's claims changed, which lines with touches or a code have none of.
select
    lines.conversion_id,
    cast(null as bigint) as line_number,
    false as is_order_linked,
    {{ line_kind_key('lines') }} as line_kind_key,
    lines.net_amount_minor,
    lines.net_amount_reporting_minor,
    lines.converted_at
from {{ ref('int_conversions__converted') }} as lines
join {{ ref('int_reach__lines') }} as reached
    on reached.conversion_id = lines.conversion_id
where lines.conversion_id not in (select conversion_id from {{ ref('int_journeys__numbered_lines') }})
{%- endif %}
