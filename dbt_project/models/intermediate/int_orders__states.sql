with versions as (
    select
        versions.*,
        -- A pending version may have no currency yet: it is the one of its price to come.
        coalesce(currency, max(currency) over (partition by platform, conversion_id)) as line_currency
    from {{ ref('int_orders__versions') }} as versions
),

lines as (
    select
        platform,
        scope_id,
        conversion_id,
        line_currency,
        min(_commit) as currency_since,
        min(min(_commit)) over (partition by platform, conversion_id) as first_commit
    from versions
    group by platform, scope_id, conversion_id, line_currency
)

select
    lines.platform,
    lines.conversion_id,
    lines.line_currency as currency,
    lines.currency_since = lines.first_commit as is_first_currency,
    commits._commit,
    commits._commit = lines.first_commit as is_first_version,
    commits.known_at,
    coalesce(versions.last_updated_at, commits.last_updated_at) as changed_at,
    versions.converted_at,
    coalesce(versions.conversion_status, 'withdrawn') as conversion_status,
    versions.net_amount_minor as stated_net_minor,
    coalesce(versions.net_amount_minor, 0) as net_amount_minor,
    coalesce(versions.paid_minor, 0) as paid_minor,
    coalesce(versions.quantity, 0) as quantity,
    coalesce(versions.is_completed, false) as is_completed
from lines
join {{ ref('int_orders__commits') }} as commits
    on commits.platform = lines.platform
    and commits.scope_id = lines.scope_id
    and commits._commit >= lines.first_commit
left join versions
    on versions.platform = lines.platform
    and versions.conversion_id = lines.conversion_id
    and versions._commit = commits._commit
    and versions.line_currency is not distinct from lines.line_currency
