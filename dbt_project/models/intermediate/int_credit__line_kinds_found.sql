select distinct
    {{ line_kind_key('lines') }} as line_kind_key,
    lines.platform,
    lines.market,
    lines.currency,
    lines.conversion_status
from {{ ref('int_conversions__converted') }} as lines
{% if is_credit_kept() -%}
-- Kinds of the other lines were found by the run that credited them.
join {{ ref('int_reach__lines') }} as reached
    on reached.conversion_id = lines.conversion_id
{%- endif %}
-- depends_on: {{ ref('int_reach__lines') }}
