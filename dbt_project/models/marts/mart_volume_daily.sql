select
    series_key,
    source,
    stream,
    account,
    market,
    measure,
    event_date,
    value,
    expected_value,
    cast(round(z, 2) as decimal(9, 2)) as distance,
    same_weekdays,
    is_read,
    is_promotion,
    is_newest,
    verdict
from {{ ref('int_volumes__verdicts') }}
