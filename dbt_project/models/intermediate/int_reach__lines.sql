-- depends_on: {{ ref('int_reach__cells_found') }}
{% set kept = is_credit_kept() %}
select line_key from {{ ref('int_reach__journeys') }}
{% if kept -%}
union
-- Lines whose share in a cell's claims is another one; a claim that moved to the next day shows here by itself.
select coalesce(found.line_key, credited.line_key) as line_key
from {{ ref('int_reach__cells_found') }} as found
full outer join {{ stored_table('intermediate', 'int_reach__credited_cells') }} as credited
    on credited.line_key = found.line_key
where found.cell_fingerprint is distinct from credited.cell_fingerprint
{%- endif %}
