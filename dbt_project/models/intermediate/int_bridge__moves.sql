{%- set upto = '(credit.before_micro + credit.credit_micro)' -%}
{%- set group_columns = 'event_date_market, platform, market, channel, evidence, currency, reporting_currency' -%}
-- From what the release before said of each line and recipient to what is said now, by way of the old weights on the
-- new amounts: what was said is taken back, and what is said now is put in its place.
with said_then as (
    select
        credit.*,
        coalesce(changed.is_same_line, false) as is_reweighed,
        coalesce(not changed.is_same_line, false) as is_moved,
        coalesce({{ amount_between('changed.net_amount_minor', upto, 'credit.before_micro') }}, 0) as reweighed_minor,
        coalesce({{ amount_between('changed.net_amount_reporting_minor', upto, 'credit.before_micro') }}, 0)
            as reweighed_reporting_minor
    from {{ ref('int_bridge__credit_then') }} as credit
    left join {{ ref('int_bridge__changed_lines') }} as changed
        on changed.conversion_id = credit.conversion_id
),

said_now as (
    select
        credit.*,
        coalesce(changed.is_same_line, false) as is_reweighed,
        coalesce(not changed.is_same_line, false) as is_moved
    from {{ ref('int_bridge__credit_now') }} as credit
    left join {{ ref('int_bridge__changed_lines') }} as changed
        on changed.conversion_id = credit.conversion_id
)

select
    {{ group_columns }},
    credit_micro as credit_before,
    0 as credit_after,
    case when is_moved then -credit_micro else 0 end as credit_data,
    case when is_reweighed then -credit_micro else 0 end as credit_weights,
    amount_minor as amount_before,
    0 as amount_after,
    case
        when is_moved then -amount_minor
        when is_reweighed then reweighed_minor - amount_minor
        else 0
    end as amount_data,
    case when is_reweighed then -reweighed_minor else 0 end as amount_weights,
    amount_reporting_minor as reporting_before,
    0 as reporting_after,
    case
        when is_moved then -amount_reporting_minor
        when is_reweighed then reweighed_reporting_minor - amount_reporting_minor
        else 0
    end as reporting_data,
    case when is_reweighed then -reweighed_reporting_minor else 0 end as reporting_weights
from said_then
union all
select
    {{ group_columns }},
    0 as credit_before,
    credit_micro as credit_after,
    case when is_moved then credit_micro else 0 end as credit_data,
    case when is_reweighed then credit_micro else 0 end as credit_weights,
    0 as amount_before,
    amount_minor as amount_after,
    case when is_moved then amount_minor else 0 end as amount_data,
    case when is_reweighed then amount_minor else 0 end as amount_weights,
    0 as reporting_before,
    amount_reporting_minor as reporting_after,
    case when is_moved then amount_reporting_minor else 0 end as reporting_data,
    case when is_reweighed then amount_reporting_minor else 0 end as reporting_weights
from said_now
