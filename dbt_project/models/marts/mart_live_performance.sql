-- No source tells when a LIVE session began or ended: its first and last order stand for that.
with sold as (
    select
        orders.live_room_id,
        lines.conversion_id,
        lines.order_id,
        lines.market,
        lines.currency,
        lines.net_amount_minor,
        {{ is_retained('lines.conversion_status') }} as is_retained,
        lines.converted_at,
        affiliates.creator_id
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    join {{ ref('fct_order_lines') }} as lines
        on lines.conversion_id = orders.conversion_id
    left join {{ ref('int_orders__affiliate_lines') }} as affiliates
        on affiliates.conversion_id = orders.conversion_id
        and affiliates.content_id = orders.live_room_id
    where orders.live_room_id is not null
),

sessions as (
    select
        live_room_id,
        market,
        currency,
        case when count(distinct creator_id) = 1 then max(creator_id) end as creator_id,
        min(converted_at) as first_order_at,
        max(converted_at) as last_order_at,
        count(distinct order_id) as orders,
        count(distinct case when is_retained then order_id end) as retained_orders,
        cast(coalesce(sum(net_amount_minor), 0) as bigint) as net_amount_minor
    from sold
    group by live_room_id, market, currency
),

-- Cells know no hour: only orders that are linked one by one say when they were placed.
on_amazon as (
    select
        credit.creator_id,
        credit.market,
        credit.currency,
        credit.converted_at,
        {{ mul_div_half_even('credit.credit_micro', '1', 'lines.order_parts') }} as order_micro,
        credit.attributed_amount_minor
    from {{ ref('fct_attribution_credit') }} as credit
    join {{ ref('fct_order_lines') }} as lines
        on lines.conversion_id = credit.conversion_id
    where credit.attribution_model = '{{ var("headline_model") }}'
        and credit.platform = 'amazon'
        and credit.credit_resolution = 'line'
        and credit.creator_id is not null
        and credit.credit_micro > 0
)

select
    sessions.live_room_id,
    sessions.creator_id,
    sessions.market,
    sessions.currency,
    sessions.first_order_at,
    sessions.last_order_at,
    sessions.orders,
    sessions.retained_orders,
    sessions.net_amount_minor,
    {{ from_micro('coalesce(sum(on_amazon.order_micro), 0)') }} as amazon_tail_orders,
    cast(coalesce(sum(on_amazon.attributed_amount_minor), 0) as bigint) as amazon_tail_net_minor
from sessions
left join on_amazon
    on on_amazon.creator_id = sessions.creator_id
    and on_amazon.market = sessions.market
    and on_amazon.currency = sessions.currency
    and on_amazon.converted_at >= sessions.first_order_at
    -- 72 hours in microseconds.
    and {{ epoch_us('on_amazon.converted_at') }} < {{ epoch_us('sessions.last_order_at') }} + 259200000000
group by
    sessions.live_room_id, sessions.creator_id, sessions.market, sessions.currency, sessions.first_order_at,
    sessions.last_order_at, sessions.orders, sessions.retained_orders, sessions.net_amount_minor
