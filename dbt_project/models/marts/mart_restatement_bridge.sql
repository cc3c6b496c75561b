{%- set text = dbt.type_string() -%}
with metrics as (
    select
        'credit_micro' as metric,
        event_date_market,
        platform,
        market,
        channel,
        evidence,
        currency,
        credit_before as value_before,
        credit_after as value_after,
        credit_data as data_change,
        credit_weights as weights_change
    from {{ ref('int_bridge__groups') }}
    union all
    select
        'attributed_amount_minor' as metric,
        event_date_market,
        platform,
        market,
        channel,
        evidence,
        currency,
        amount_before as value_before,
        amount_after as value_after,
        amount_data as data_change,
        amount_weights as weights_change
    from {{ ref('int_bridge__groups') }}
    union all
    select
        'attributed_amount_reporting_minor' as metric,
        event_date_market,
        platform,
        market,
        channel,
        evidence,
        reporting_currency as currency,
        sum(reporting_before) as value_before,
        sum(reporting_after) as value_after,
        sum(reporting_data) as data_change,
        sum(reporting_weights) as weights_change
    from {{ ref('int_bridge__groups') }}
    group by event_date_market, platform, market, channel, evidence, reporting_currency
    union all
    select
        'orders' as metric,
        event_date_market,
        platform,
        market,
        cast(null as {{ text }}) as channel,
        cast(null as {{ text }}) as evidence,
        currency,
        orders_before as value_before,
        orders_after as value_after,
        orders_after - orders_before as data_change,
        0 as weights_change
    from {{ ref('int_bridge__orders') }}
)

select
    previous.run_id as from_run_id,
    previous.known_at as from_known_at,
    -- Not the run's own id: a rebuild of a past state of knowledge equals what was published then, row for row.
    build.known_at as to_known_at,
    metrics.metric,
    metrics.event_date_market,
    metrics.platform,
    metrics.market,
    metrics.channel,
    metrics.evidence,
    metrics.currency,
    cast(metrics.value_before as bigint) as value_before,
    cast(metrics.value_after as bigint) as value_after,
    cast(metrics.data_change as bigint) as data_change,
    cast(metrics.weights_change as bigint) as weights_change,
    -- Until credit is calibrated by experiments there is nothing of it to change.
    cast(0 as bigint) as calibration_change
from metrics
cross join {{ source('raw', 'previous_release') }} as previous
cross join {{ source('raw', 'build') }} as build
