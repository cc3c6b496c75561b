-- TikTok Shop states a refund per unit. It counts from the commit that says that the money has gone back;
-- a later commit that says otherwise, or no longer holds the unit, takes it back.
with versions as (
    select
        return_id,
        return_line_item_id,
        {{ shop_line_id('order_id', 'line_item_id') }} as conversion_id,
        currency,
        _commit,
        updated_at,
        {{ money_gone_back('stated') }} as refund_minor
    from {{ ref('base_tiktok_shop__refund_versions') }} as stated
    where reject_rule is null
),

-- Commits that hold the return, also when its rows in them were rejected.
commits as (
    select
        return_id,
        _commit,
        max(known_at) as known_at,
        coalesce(max(updated_at), max(known_at)) as updated_at
    from {{ ref('base_tiktok_shop__refund_versions') }}
    where return_id is not null
    group by return_id, _commit
),

units as (
    select
        return_id,
        return_line_item_id,
        conversion_id,
        currency,
        min(_commit) as first_commit
    from versions
    group by return_id, return_line_item_id, conversion_id, currency
),

steps as (
    select
        units.conversion_id,
        units.currency,
        commits._commit,
        commits.known_at,
        coalesce(versions.updated_at, commits.updated_at) as event_at,
        coalesce(versions.refund_minor, 0) - coalesce(lag(versions.refund_minor) over (
            partition by units.return_id, units.return_line_item_id, units.conversion_id, units.currency
            order by commits._commit
        ), 0) as refund_change_minor
    from units
    join commits
        on commits.return_id = units.return_id
        and commits._commit >= units.first_commit
    left join versions
        on versions.return_id = units.return_id
        and versions.return_line_item_id = units.return_line_item_id
        and versions.conversion_id = units.conversion_id
        and versions.currency = units.currency
        and versions._commit = commits._commit
)

select
    conversion_id,
    currency,
    _commit,
    max(known_at) as known_at,
    max(event_at) as event_at,
    cast(sum(refund_change_minor) as bigint) as refund_change_minor
from steps
where refund_change_minor <> 0
group by conversion_id, currency, _commit
