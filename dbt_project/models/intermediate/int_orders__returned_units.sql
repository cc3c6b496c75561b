with held as (
    select
        order_id,
        sku,
        license_plate_number,
        _account,
        _part,
        min(_commit) as _commit,
        max(_commit) as last_commit,
        min(known_at) as known_at,
        min(returned_at) as returned_at,
        max(quantity) as quantity,
        max(covered_date) as covered_date
    from {{ ref('base_amazon_seller__return_versions') }}
    where broken_rule is null and quantity > 0
    group by order_id, sku, license_plate_number, _account, _part
),

-- A unit that a later commit over its date lacks was never returned.
withdrawn as (
    select
        held.order_id,
        held.sku,
        held.license_plate_number,
        held._account,
        held._part,
        min(commits._commit) as _commit,
        min(commits.committed_at) as known_at
    from held
    join {{ ref('base__commits') }} as commits
        on commits.source = 'amazon_seller'
        and commits.stream = 'returns'
        and commits.is_usable
        and commits.account = held._account
        and commits.part = held._part
        and commits._commit > held.last_commit
        and held.covered_date between commits.window_from and commits.window_to
    group by held.order_id, held.sku, held.license_plate_number, held._account, held._part
),

placed as (
    select
        held.*,
        cast(sum(quantity) over (
            partition by order_id, sku
            order by _commit, license_plate_number, _account, _part
            rows between unbounded preceding and current row
        ) as bigint) as units_upto
    from held
)

select
    order_id,
    sku,
    license_plate_number,
    units_upto - quantity as units_before,
    units_upto,
    _commit,
    known_at,
    returned_at as event_at,
    1 as direction
from placed
union all
select
    placed.order_id,
    placed.sku,
    placed.license_plate_number,
    placed.units_upto - placed.quantity as units_before,
    placed.units_upto,
    withdrawn._commit,
    withdrawn.known_at,
    withdrawn.known_at as event_at,
    -1 as direction
from placed
join withdrawn
    on withdrawn.order_id = placed.order_id
    and withdrawn.sku = placed.sku
    and withdrawn.license_plate_number = placed.license_plate_number
    and withdrawn._account = placed._account
    and withdrawn._part = placed._part
