with steps as (
    select
        states.*,
        lag(net_amount_minor) over line_history as net_before,
        lag(stated_net_minor) over line_history as stated_net_before,
        lag(conversion_status) over line_history as status_before
    from {{ ref('int_orders__states') }} as states
    window line_history as (
        partition by platform, conversion_id, currency
        order by _commit
    )
),

posted as (
    select
        platform,
        conversion_id,
        currency,
        _commit,
        known_at,
        net_amount_minor - coalesce(net_before, 0) as amount_minor,
        case
            when is_first_version and is_first_currency then 'placement'
            when conversion_status = 'cancelled' and status_before <> 'cancelled' then 'cancel'
            when stated_net_before is null and stated_net_minor is not null and status_before = 'pending'
                then 'price'
            else 'restatement'
        end as adjustment_type,
        case when is_first_version and is_first_currency then converted_at else changed_at end as event_at
    from steps
)

select
    md5(concat(
        platform, '|', conversion_id, '|', coalesce(currency, ''), '|', cast(_commit as {{ dbt.type_string() }})
    )) as adjustment_id,
    conversion_id,
    adjustment_type,
    amount_minor,
    currency,
    event_at,
    cast(event_at as date) as event_date_utc,
    _commit as known_commit,
    known_at
from posted
where amount_minor <> 0 or adjustment_type in ('placement', 'cancel')
