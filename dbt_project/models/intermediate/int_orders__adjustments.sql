-- The net amount after a change is what the sale then was, less what had come back of it; the event is the difference.
with running as (
    select
        changes.*,
        cast(sum(sale_change_minor) over so_far as bigint) as sale_minor,
        cast(sum(paid_change_minor) over so_far as bigint) as paid_minor,
        cast(sum(quantity_change) over so_far as bigint) as quantity,
        cast(sum(refund_change_minor) over so_far as bigint) as refund_minor,
        cast(sum(returned_change) over so_far as bigint) as returned_units,
        max(completed_at) over so_far as was_completed_at
    from {{ ref('int_orders__changes') }} as changes
    window so_far as (
        partition by platform, conversion_id, currency
        order by known_at, known_stream, _commit
        rows between unbounded preceding and current row
    )
),

netted as (
    select
        running.*,
        sale_minor - {{ refunded_part('sale_minor', 'paid_minor', 'refund_minor', 'returned_units', 'quantity') }}
            as net_minor
    from running
),

posted as (
    select
        netted.*,
        net_minor - coalesce(lag(net_minor) over (
            partition by platform, conversion_id, currency
            order by known_at, known_stream, _commit
        ), 0) as amount_minor
    from netted
),

named as (
    select
        posted.*,
        case
            when change_type <> 'refund' then change_type
            -- Less has come back than was said before.
            when amount_minor > 0 then 'restatement'
            -- After completion the seller has been paid: the platform takes the money back.
            when event_at > was_completed_at then 'clawback'
            else 'refund'
        end as adjustment_type
    from posted
    where amount_minor <> 0 or change_type in ('placement', 'cancel')
)

select
    md5(concat(
        platform, '|', conversion_id, '|', coalesce(currency, ''), '|', known_stream, '|',
        cast(_commit as {{ dbt.type_string() }})
    )) as adjustment_id,
    platform,
    conversion_id,
    row_number() over (
        partition by platform, conversion_id, currency
        order by known_at, known_stream, _commit
    ) as event_number,
    adjustment_type,
    amount_minor,
    net_minor as net_after_minor,
    currency,
    -- Amazon says which units came back and not what they cost.
    known_stream = 'returns' as is_estimated,
    event_at,
    cast(event_at as date) as event_date_utc,
    known_stream,
    _commit as known_commit,
    known_at
from named
