-- Kinds of other lines were found by the run that credited them.
select distinct
    line_kind_key,
    platform,
    market,
    currency,
    conversion_status
from {{ ref('int_credit__lines') }}
