-- Units that Amazon's warehouses took back and that lower no line of the ledger, or more of them than were sold.
with orders as (
    select
        order_id,
        max(case when reject_rule is not null and reject_rule <> 'non_amazon' then 1 else 0 end) as is_rejected,
        min(case when reject_rule = 'non_amazon' then 1 else 0 end) as is_other_channel
    from {{ ref('base_amazon_seller__order_line_versions') }}
    where order_id is not null
    group by order_id
),

sold as (
    select
        quantities.order_id,
        quantities.sku,
        quantities.quantity,
        quantities.quantity_upto
    from {{ ref('int_orders__amazon_quantities') }} as quantities
    join {{ ref('int_conversions__from_amazon') }} as lines
        on lines.conversion_id = quantities.conversion_id
),

-- A return that a later commit took back is none.
standing as (
    select
        order_id,
        sku,
        license_plate_number,
        units_before,
        units_upto,
        min(event_at) as event_at,
        min(known_at) as first_known_at
    from {{ ref('int_orders__returned_units') }}
    group by order_id, sku, license_plate_number, units_before, units_upto
    having sum(direction) > 0
),

placed as (
    select
        standing.order_id,
        standing.sku,
        standing.license_plate_number,
        standing.units_upto - standing.units_before - sum(case
            when sold.order_id is null then 0
            else greatest(
                least(standing.units_upto, sold.quantity_upto)
                - greatest(standing.units_before, sold.quantity_upto - sold.quantity), 0
            )
        end) as units_over,
        max(case when sold.order_id is not null then 1 else 0 end) as is_sold,
        standing.event_at,
        standing.first_known_at
    from standing
    left join sold
        on sold.order_id = standing.order_id
        and sold.sku = standing.sku
    group by
        standing.order_id, standing.sku, standing.license_plate_number, standing.units_before, standing.units_upto,
        standing.event_at, standing.first_known_at
),

named as (
    select
        order_id,
        min(market) as market
    from {{ ref('stg_amazon_seller__returns') }}
    group by order_id
)

select
    'amazon' as platform,
    named.market,
    placed.order_id,
    placed.license_plate_number as return_key,
    placed.sku,
    case
        when orders.order_id is null then 'unknown_order'
        when max(placed.is_sold) = 1 then 'more_than_sold'
        when orders.is_other_channel = 1
            or placed.order_id in (select order_id from {{ ref('int_orders__mirrors') }}) then 'no_sale'
        when orders.is_rejected = 1 then 'line_in_quarantine'
        else 'unknown_line'
    end as unmatched_reason,
    cast(null as bigint) as refund_minor,
    cast(null as {{ dbt.type_string() }}) as currency,
    sum(placed.units_over) as returned_units,
    min(placed.event_at) as event_at,
    min(placed.first_known_at) as first_known_at
from placed
left join orders
    on orders.order_id = placed.order_id
left join named
    on named.order_id = placed.order_id
where placed.units_over > 0
group by
    named.market, placed.order_id, placed.license_plate_number, placed.sku, orders.order_id, orders.is_other_channel,
    orders.is_rejected
