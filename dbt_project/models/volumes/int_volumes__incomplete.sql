-- What is asked for by its last change and changes while it is read is missing until the changes of that day are read.
-- Of days read when they were new that is a few hours; a first load finds weeks of orders like that.
with loads as (
    select
        commits.source,
        commits.stream,
        commits.account,
        commits.window_to,
        cast(commits.committed_at as date) as read_on
    from {{ ref('base__commits') }} as commits
    cross join {{ source('raw', 'previous_release') }} as release
    where commits.is_usable
        and commits.coverage = 'changes'
        and commits.window_to is not null
        and commits.committed_at <= release.known_at
),

read_until as (
    select
        source,
        stream,
        account,
        max(window_to) as last_date
    from loads
    group by source, stream, account
)

select
    previous.series_key,
    previous.event_date
from {{ source('raw', 'previous_volumes') }} as previous
join loads
    on loads.source = previous.source
    and loads.stream = previous.stream
    and loads.account = previous.account
    and loads.window_to >= previous.event_date
join read_until
    on read_until.source = previous.source
    and read_until.stream = previous.stream
    and read_until.account = previous.account
group by previous.series_key, previous.event_date, read_until.last_date
having read_until.last_date < min(loads.read_on)
