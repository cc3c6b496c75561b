-- Lines without a code and without a path. Whatever credits them later (Attribution cells, halo) belongs here;
-- the rest stays unattributed.
with credited as (
    select conversion_id from {{ ref('int_promo__matched_lines') }}
    union
    select conversion_id from {{ ref('int_journeys__paths') }}
)

select
    lines.conversion_id,
    'unattributed' as evidence,
    'line' as credit_resolution
from {{ ref('int_conversions__converted') }} as lines
left join credited
    on credited.conversion_id = lines.conversion_id
where credited.conversion_id is null
