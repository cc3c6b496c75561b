-- Commits that hold a scope, also when all its rows in them were rejected: such a commit withdraws the lines it lacks.
with held as (
    select
        'amazon' as platform,
        order_id as scope_id,
        _commit,
        known_at,
        last_updated_at
    from {{ ref('base_amazon_seller__order_line_versions') }}
    where order_id is not null
    union all
    select
        'tiktok_shop' as platform,
        order_id as scope_id,
        _commit,
        known_at,
        updated_at as last_updated_at
    from {{ ref('base_tiktok_shop__order_versions') }}
    where order_id is not null
    union all
    select
        'events' as platform,
        conversion_id as scope_id,
        _commit,
        known_at,
        cast(null as timestamp) as last_updated_at
    from {{ ref('base_events__conversion_versions') }}
    where conversion_id is not null
)

select
    platform,
    scope_id,
    _commit,
    max(known_at) as known_at,
    coalesce(max(last_updated_at), max(known_at)) as last_updated_at
from held
group by platform, scope_id, _commit
