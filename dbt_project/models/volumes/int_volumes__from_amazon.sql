select
    {{ volume_of('amazon_attribution', 'performance', 'clicks', 3) }},
    profile_id as account,
    event_date_source as event_date,
    sum(clicks) as value,
    sum(clicks) as events
from {{ ref('stg_amazon_attribution__performance') }}
where report_level = 'CREATIVE'
group by profile_id, event_date_source
union all
select
    {{ volume_of('amazon_attribution', 'products', 'rows', 3) }},
    profile_id as account,
    event_date_source as event_date,
    count(*) as value,
    count(*) as events
from {{ ref('stg_amazon_attribution__products') }}
group by profile_id, event_date_source
union all
select
    {{ volume_of('amazon_ads', 'sponsored_products_daily', 'impressions', 3) }},
    profile_id as account,
    event_date_source as event_date,
    sum(impressions) as value,
    -- What an impression comes from is a search, and searches come in clicks' numbers.
    sum(clicks) as events
from {{ ref('stg_amazon_ads__sponsored_products_daily') }}
group by profile_id, event_date_source
union all
select
    {{ volume_of('amazon_ads', 'sponsored_products_daily', 'clicks', 3) }},
    profile_id as account,
    event_date_source as event_date,
    sum(clicks) as value,
    sum(clicks) as events
from {{ ref('stg_amazon_ads__sponsored_products_daily') }}
group by profile_id, event_date_source
union all
select
    {{ volume_of('amazon_ads', 'sponsored_products_daily', 'spend_minor', 3) }},
    profile_id as account,
    event_date_source as event_date,
    sum(spend_minor) as value,
    sum(clicks) as events
from {{ ref('stg_amazon_ads__sponsored_products_daily') }}
group by profile_id, event_date_source
union all
select
    {{ volume_of('amazon_seller', 'order_lines', 'orders', 2) }},
    lines.marketplace_id as account,
    lines.event_date,
    count(distinct lines.order_id) as value,
    count(distinct lines.order_id) as events
from {{ ref('int_volumes__amazon_lines') }} as lines
group by lines.marketplace_id, lines.event_date
union all
select
    {{ volume_of('amazon_seller', 'order_lines', 'sales_minor', 2) }},
    lines.marketplace_id as account,
    lines.event_date,
    sum(lines.gross_amount_minor) as value,
    count(distinct lines.order_id) as events
from {{ ref('int_volumes__amazon_lines') }} as lines
group by lines.marketplace_id, lines.event_date
union all
select
    {{ volume_of('amazon_seller', 'sales_and_traffic', 'sessions', 4) }},
    marketplace_id as account,
    event_date_source as event_date,
    sum(sessions) as value,
    sum(sessions) as events
from {{ ref('stg_amazon_seller__sales_and_traffic') }}
where report_level = 'date'
group by marketplace_id, event_date_source
union all
select
    {{ volume_of('amazon_seller', 'sales_and_traffic', 'units_ordered', 4) }},
    marketplace_id as account,
    event_date_source as event_date,
    sum(units_ordered) as value,
    sum(order_items) as events
from {{ ref('stg_amazon_seller__sales_and_traffic') }}
where report_level = 'date'
group by marketplace_id, event_date_source
union all
select
    {{ volume_of('amazon_seller', 'order_metrics_hourly', 'orders', 2) }},
    marketplace_id as account,
    event_date_source as event_date,
    sum(orders) as value,
    sum(orders) as events
from {{ ref('stg_amazon_seller__order_metrics_hourly') }}
where report_level = 'total'
group by marketplace_id, event_date_source
