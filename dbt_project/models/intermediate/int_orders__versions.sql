-- Every accepted version of every line, over all complete commits; `scope_id` is what a commit replaces as one.
select
    'amazon' as platform,
    order_id as scope_id,
    conversion_id,
    _commit,
    known_at,
    currency,
    net_amount_minor,
    conversion_status,
    purchased_at as converted_at,
    last_updated_at
from {{ ref('base_amazon_seller__order_line_versions') }}
where reject_rule is null
union all
select
    'events' as platform,
    conversion_id as scope_id,
    conversion_id,
    _commit,
    known_at,
    currency,
    net_amount_minor,
    'confirmed' as conversion_status,
    converted_at,
    -- Event files carry no time of change: the change is dated by when it became known.
    known_at as last_updated_at
from {{ ref('base_events__conversion_versions') }}
where reject_rule is null
