-- I9: all that the order ledger says is of commits that this release lists, each at its own time, so that the same list
-- makes the same release again.
with known as (
    select
        case
            when known_stream = 'returns' then 'amazon_seller'
            when known_stream = 'refunds' then 'tiktok_shop'
            when platform = 'amazon' then 'amazon_seller'
            else platform
        end as source,
        case
            when known_stream <> 'orders' then known_stream
            when platform = 'amazon' then 'order_lines'
            when platform = 'events' then 'conversions'
            else 'orders'
        end as stream,
        known_commit,
        known_at,
        conversion_id
    from {{ ref('int_orders__adjustments') }}
)

select
    known.conversion_id,
    known.source,
    known.stream,
    known.known_commit,
    known.known_at
from known
left join {{ ref('base__commits') }} as commits
    on commits.source = known.source
    and commits.stream = known.stream
    and commits._commit = known.known_commit
    and commits.is_usable
    and commits.committed_at = known.known_at
where commits._commit is null
