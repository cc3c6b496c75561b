-- What each commit changed of a line: of its sale, or of what came back.
with steps as (
    select
        states.*,
        lag(net_amount_minor) over line_history as net_before,
        lag(paid_minor) over line_history as paid_before,
        lag(quantity) over line_history as quantity_before,
        lag(is_completed) over line_history as was_completed,
        lag(stated_net_minor) over line_history as stated_net_before,
        lag(conversion_status) over line_history as status_before
    from {{ ref('int_orders__states') }} as states
    window line_history as (
        partition by platform, conversion_id, currency
        order by _commit
    )
),

sales as (
    select
        platform,
        conversion_id,
        currency,
        'orders' as known_stream,
        _commit,
        known_at,
        case when is_first_version and is_first_currency then converted_at else changed_at end as event_at,
        case
            when is_first_version and is_first_currency then 'placement'
            when conversion_status = 'cancelled' and status_before <> 'cancelled' then 'cancel'
            when stated_net_before is null and stated_net_minor is not null and status_before = 'pending'
                then 'price'
            else 'restatement'
        end as change_type,
        net_amount_minor - coalesce(net_before, 0) as sale_change_minor,
        paid_minor - coalesce(paid_before, 0) as paid_change_minor,
        quantity - coalesce(quantity_before, 0) as quantity_change,
        case when is_completed and not coalesce(was_completed, false) then changed_at end as completed_at
    from steps
),

lines as (
    select distinct
        platform,
        conversion_id,
        currency
    from sales
)

select
    sales.*,
    cast(0 as bigint) as refund_change_minor,
    cast(0 as bigint) as returned_change
from sales
where sale_change_minor <> 0 or paid_change_minor <> 0 or quantity_change <> 0 or completed_at is not null
    or change_type in ('placement', 'cancel')
union all
select
    lines.*,
    'refunds' as known_stream,
    refunds._commit,
    refunds.known_at,
    refunds.event_at,
    'refund' as change_type,
    0 as sale_change_minor,
    0 as paid_change_minor,
    0 as quantity_change,
    cast(null as timestamp) as completed_at,
    refunds.refund_change_minor,
    0 as returned_change
from {{ ref('int_orders__shop_refunds') }} as refunds
join lines
    on lines.conversion_id = refunds.conversion_id
    and lines.currency = refunds.currency
union all
select
    lines.*,
    'returns' as known_stream,
    returns._commit,
    returns.known_at,
    returns.event_at,
    'refund' as change_type,
    0 as sale_change_minor,
    0 as paid_change_minor,
    0 as quantity_change,
    cast(null as timestamp) as completed_at,
    0 as refund_change_minor,
    returns.returned_change
from {{ ref('int_orders__amazon_returns') }} as returns
join lines
    on lines.conversion_id = returns.conversion_id
