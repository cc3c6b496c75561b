-- I7: credit that was kept from an earlier run is of lines that are still there, or readers would not see it and nobody
-- miss it; and every line has some. What a line says, its amounts among it, is read with the line.
with credited as (
    select line_key from {{ ref('int_credit__journey_touches') }}
    union
    select line_key from {{ ref('int_credit__without_path') }}
)

select
    credited.line_key as credited_line,
    lines.line_key
from credited
full outer join {{ ref('int_conversions__converted') }} as lines
    on lines.line_key = credited.line_key
where credited.line_key is null
    or lines.line_key is null
