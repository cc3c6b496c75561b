-- The newest week is judged when it is a week old: claims come late, and a young week always looks unattributed.
with weekly as (
    select
        platform,
        market,
        {{ week_of('event_date_market') }} as week_start,
        sum(credit_micro) * 0.000001 as orders,
        sum(case when evidence = 'unattributed' then credit_micro else 0 end) * 0.000001 as unattributed_orders
    from {{ ref('mart_attribution_daily') }}
    where attribution_model = '{{ var("headline_model") }}'
    group by platform, market, {{ week_of('event_date_market') }}
),

settled as (
    select
        weekly.*,
        unattributed_orders / orders as unattributed_share
    from weekly
    cross join {{ source('raw', 'build') }} as build
    where orders >= {{ var('unattributed_least_orders') }}
        and week_start <= {{ add_days('cast(build.known_at as date)', '-13') }}
),

compared as (
    select
        *,
        count(*) over eight_weeks as weeks_before,
        min(unattributed_share) over eight_weeks as least_share,
        max(unattributed_share) over eight_weeks as greatest_share,
        max(week_start) over (partition by platform, market) = week_start as is_newest
    from settled
    window eight_weeks as (
        partition by platform, market order by week_start rows between 8 preceding and 1 preceding
    )
),

-- Beside the history's own range: what chance adds to a share of so few orders.
bounded as (
    select
        *,
        0.02 + 3 * sqrt(greatest(0.05, unattributed_share * (1 - unattributed_share)) / orders) as allowance
    from compared
)

select
    platform,
    market,
    week_start,
    orders,
    unattributed_share,
    weeks_before,
    least_share,
    greatest_share,
    is_newest,
    case
        when weeks_before < {{ var('volume_least_weekdays') }} then 'not_enough_history'
        when unattributed_share < least_share - allowance or unattributed_share > greatest_share + allowance then 'warn'
        else 'usual'
    end as verdict
from bounded
