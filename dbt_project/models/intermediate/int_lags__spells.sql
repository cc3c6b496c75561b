-- A wait begins with a person's first click since the last purchase and ends with the next one, or is cut off where
-- the data end. Clicks of people whom no registration names stay in: they never buy, or buy unseen (ledger-rules 9).
with clicks as (
    select
        'amazon' as platform,
        coalesce(visitors.journey_key, concat('visitor:', coalesce(clicks.visitor_id, clicks.click_id))) as journey_key,
        {{ epoch_us('clicks.clicked_at') }} as at_us,
        markets.market
    from {{ ref('stg_links__clicks') }} as clicks
    left join {{ ref('int_identity__visitors') }} as visitors
        on visitors.visitor_id = clicks.visitor_id
    left join {{ ref('stg_reference__markets') }} as markets
        on markets.country = clicks.country
    union all
    select
        'events' as platform,
        journey_key,
        {{ epoch_us('occurred_at') }} as at_us,
        market
    from {{ ref('stg_events__touchpoints') }}
    where touch_type = 'click'
),

purchases as (
    select
        platform,
        journey_key,
        converted_us as at_us
    from {{ ref('int_conversions__converted') }}
    where platform in ('amazon', 'events')
),

moments as (
    select
        platform,
        journey_key,
        at_us,
        0 as is_purchase,
        market
    from clicks
    union all
    select
        platform,
        journey_key,
        at_us,
        1 as is_purchase,
        cast(null as {{ dbt.type_string() }}) as market
    from purchases
),

numbered as (
    select
        moments.*,
        max(at_us) over (partition by platform) as observed_until_us,
        coalesce(sum(is_purchase) over (
            partition by platform, journey_key
            order by at_us, is_purchase
            rows between unbounded preceding and 1 preceding
        ), 0) as purchases_before
    from moments
),

spells as (
    select
        platform,
        journey_key,
        purchases_before,
        max(observed_until_us) as observed_until_us,
        min(case when is_purchase = 0 then market end) as market,
        min(case when is_purchase = 0 then at_us end) as started_us,
        min(case when is_purchase = 1 then at_us end) as ended_us
    from numbered
    where journey_key is not null
    group by platform, journey_key, purchases_before
),

waits as (
    select
        platform,
        market,
        coalesce(ended_us, observed_until_us) - started_us as lag_us,
        case when ended_us is not null then 1 else 0 end as is_purchase
    from spells
    where started_us is not null
)

select
    platform,
    market,
    lag_us,
    is_purchase
from waits
where market is not null
union all
select
    platform,
    'all' as market,
    lag_us,
    is_purchase
from waits
