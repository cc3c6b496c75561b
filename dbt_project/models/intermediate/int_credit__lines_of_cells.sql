-- Only their share in a cell's claims is another one; lines with touches or a code have none.
-- A run that credits everything numbers them with all others.
-- depends_on: {{ ref('int_reach__lines') }}
-- depends_on: {{ ref('int_journeys__numbered_lines') }}
select
    lines.conversion_id,
    cast(null as bigint) as line_number,
    false as is_order_linked,
    lines.platform,
    lines.market,
    lines.currency,
    lines.conversion_status,
    {{ line_kind_key('lines') }} as line_kind_key,
    lines.net_amount_minor,
    lines.net_amount_reporting_minor,
    lines.converted_at
from {{ ref('int_conversions__converted') }} as lines
{% if is_credit_kept() -%}
join {{ ref('int_reach__lines') }} as reached
    on reached.conversion_id = lines.conversion_id
where lines.conversion_id not in (select conversion_id from {{ ref('int_journeys__numbered_lines') }})
{%- else -%}
where false
{%- endif %}
