-- Every accepted version of every line, over all complete commits; `scope_id` is what a commit replaces as one.
select
    'amazon' as platform,
    order_id as scope_id,
    conversion_id,
    _commit,
    known_at,
    currency,
    net_amount_minor,
    net_amount_minor as paid_minor,
    quantity,
    conversion_status,
    false as is_completed,
    purchased_at as converted_at,
    last_updated_at
from {{ ref('base_amazon_seller__order_line_versions') }}
where reject_rule is null
    and order_id not in (select order_id from {{ ref('int_orders__mirrors') }})
union all
select
    'tiktok_shop' as platform,
    order_id as scope_id,
    conversion_id,
    _commit,
    known_at,
    currency,
    net_amount_minor,
    case when net_amount_minor is not null then sale_price_minor end as paid_minor,
    case when conversion_status = 'cancelled' then 0 else 1 end as quantity,
    conversion_status,
    order_status = 'completed' as is_completed,
    created_at as converted_at,
    updated_at as last_updated_at
from {{ ref('base_tiktok_shop__order_versions') }}
where reject_rule is null and order_origin = 'own_sale'
union all
select
    'events' as platform,
    conversion_id as scope_id,
    conversion_id,
    _commit,
    known_at,
    currency,
    net_amount_minor,
    net_amount_minor as paid_minor,
    cast(null as bigint) as quantity,
    'confirmed' as conversion_status,
    false as is_completed,
    converted_at,
    -- Event files carry no time of change: the change is dated by when it became known.
    known_at as last_updated_at
from {{ ref('base_events__conversion_versions') }}
where reject_rule is null
