select *
from {{ ref('mart_row_audit') }}
where landed <> staged + superseded + quarantined + partial
