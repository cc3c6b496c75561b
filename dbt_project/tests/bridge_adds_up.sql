-- What explains a difference is the difference, to the cent (P2), and the bridge ends at what this release says.
with wrong_rows as (
    select
        'row' as failure,
        metric,
        value_after - value_before as expected,
        data_change + weights_change + calibration_change as found
    from {{ ref('mart_restatement_bridge') }}
    where value_after - value_before <> data_change + weights_change + calibration_change
),

said as (
    select
        cast(coalesce(sum({{ var('headline_model') }}_amount_minor), 0) as bigint) as amount_minor,
        cast(coalesce(sum({{ var('headline_model') }}_credit_micro), 0) as bigint) as credit_micro
    from {{ ref('fct_attribution_credit_wide') }}
),

bridged as (
    select
        metric,
        sum(value_after) as value_after
    from {{ ref('mart_restatement_bridge') }}
    group by metric
),

wrong_ends as (
    select
        'end' as failure,
        bridged.metric,
        said.amount_minor as expected,
        bridged.value_after as found
    from bridged
    cross join said
    where bridged.metric = 'attributed_amount_minor' and bridged.value_after <> said.amount_minor
    union all
    select
        'end' as failure,
        bridged.metric,
        said.credit_micro as expected,
        bridged.value_after as found
    from bridged
    cross join said
    where bridged.metric = 'credit_micro' and bridged.value_after <> said.credit_micro
)

select * from wrong_rows
union all
select * from wrong_ends
