-- Sales before, during and after a promotion, side by side: a description, since other things change with the calendar.
with platforms as (
    select distinct platform
    from {{ ref('fct_order_lines') }}
),

linked as (
    select distinct conversion_id
    from {{ ref('fct_attribution_credit') }}
    where attribution_model = '{{ var("headline_model") }}'
        and credit_resolution = 'line'
        and channel like 'tiktok%'
        and credit_micro > 0
),

promotions as (
    select
        promotions.*,
        {{ epoch_us('starts_at') }} as starts_us,
        {{ epoch_us('ends_at') }} as ends_us,
        markets.currency,
        platforms.platform
    from {{ ref('dim_promotions') }} as promotions
    join {{ ref('dim_markets') }} as markets
        on markets.market = promotions.market
    cross join platforms
),

lines as (
    select
        lines.conversion_id,
        lines.platform,
        lines.market,
        lines.order_id,
        lines.currency,
        lines.net_amount_minor,
        {{ epoch_us('lines.converted_at') }} as converted_us,
        coalesce(listings.asin, lines.asin) as asin,
        case when {{ is_retained('lines.conversion_status') }} then lines.order_id end as retained_order_id,
        case when linked.conversion_id is not null then lines.order_id end as linked_order_id
    from {{ ref('fct_order_lines') }} as lines
    left join {{ ref('int_listings__categories') }} as listings
        on listings.market = lines.market
        and listings.sku = lines.sku
    left join linked
        on linked.conversion_id = lines.conversion_id
),

extent as (
    select
        min(converted_us) as first_us,
        max(converted_us) as last_us
    from lines
),

-- 28 days before, the promotion itself, 14 days after; each only as far as there are data.
periods as (
    select
        promotions.*,
        'before' as period,
        starts_us - 2419200000000 as from_us,
        starts_us as until_us
    from promotions
    union all
    select
        promotions.*,
        'during' as period,
        starts_us as from_us,
        ends_us as until_us
    from promotions
    union all
    select
        promotions.*,
        'after' as period,
        ends_us as from_us,
        ends_us + 1209600000000 as until_us
    from promotions
)

select
    periods.promotion_id,
    periods.promotion_name,
    periods.promotion_kind,
    periods.market,
    periods.asin,
    periods.platform,
    periods.period,
    periods.currency,
    cast(max({{ int_div(
        'greatest(0, least(periods.until_us, extent.last_us + 1) - greatest(periods.from_us, extent.first_us))',
        '3600000000'
    ) }}) as bigint) as observed_hours,
    count(distinct lines.order_id) as orders,
    count(distinct lines.retained_order_id) as retained_orders,
    count(distinct lines.linked_order_id) as linked_orders,
    cast(coalesce(sum(lines.net_amount_minor), 0) as bigint) as net_amount_minor
from periods
cross join extent
left join lines
    on lines.platform = periods.platform
    and lines.market = periods.market
    and coalesce(lines.currency, periods.currency) = periods.currency
    and (periods.asin is null or periods.asin = lines.asin)
    and lines.converted_us >= periods.from_us
    and lines.converted_us < periods.until_us
group by
    periods.promotion_id, periods.promotion_name, periods.promotion_kind, periods.market, periods.asin,
    periods.platform, periods.period, periods.currency
