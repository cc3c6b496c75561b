with usable as (
    select *
    from {{ ref('base__commits') }}
    where is_usable
),

window_days as (
    select
        source,
        stream,
        account,
        part,
        _commit,
        {{ each_day('window_from', 'window_to') }} as covered_date
    from usable
    where coverage = 'window' and window_from <= window_to
),

snapshots as (
    select
        source,
        stream,
        account,
        part,
        _commit,
        cast(null as date) as covered_date
    from usable
    where coverage = 'snapshot'
),

covered as (
    select * from window_days
    union all
    select * from snapshots
)

select
    source,
    stream,
    account,
    part,
    covered_date,
    max(_commit) as _commit
from covered
group by source, stream, account, part, covered_date
