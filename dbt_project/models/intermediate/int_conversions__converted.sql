{%- set reporting_currency = var('reporting_currency') -%}
with dated as (
    select * from {{ ref('int_conversions__dated') }}
),

rated as (
    select
        dated.*,
        -- An amount times the numerator over the divisor is the amount in the reporting currency.
        case
            when dated.currency = '{{ reporting_currency }}' then 1
            when '{{ reporting_currency }}' = 'EUR' then 100000000 * target_currency.minor_units_per_unit
            else target_rate.units_per_eur_e8 * target_currency.minor_units_per_unit
        end as reporting_numerator,
        case
            when dated.currency = '{{ reporting_currency }}' then 1
            when dated.currency = 'EUR' then 100000000 * own_currency.minor_units_per_unit
            else own.units_per_eur_e8 * own_currency.minor_units_per_unit
        end as reporting_divisor
    from dated
    left join {{ ref('int_fx__carried_rates') }} as own
        on own.rate_date = dated.event_date_market
        and own.currency = dated.currency
    left join {{ ref('int_fx__carried_rates') }} as target_rate
        on target_rate.rate_date = dated.event_date_market
        and target_rate.currency = '{{ reporting_currency }}'
    left join {{ ref('currencies') }} as own_currency
        on own_currency.currency = dated.currency
    left join {{ ref('currencies') }} as target_currency
        on target_currency.currency = '{{ reporting_currency }}'
)

select
    conversion_id,
    {{ line_key('conversion_id') }} as line_key,
    platform,
    order_id,
    line_ordinal,
    market,
    asin,
    sku,
    quantity,
    currency,
    gross_amount_minor,
    discount_minor,
    tax_minor,
    sale_minor,
    refunded_minor,
    refund_excess_minor,
    is_refund_estimated,
    net_amount_minor,
    case
        when currency = '{{ reporting_currency }}' then net_amount_minor
        else {{ mul_div_half_even('net_amount_minor', 'reporting_numerator', 'reporting_divisor') }}
    end as net_amount_reporting_minor,
    '{{ reporting_currency }}' as reporting_currency,
    reporting_numerator,
    reporting_divisor,
    conversion_status,
    journey_key,
    promotion_ids,
    converted_at,
    {{ epoch_us('converted_at') }} as converted_us,
    event_date_utc,
    event_date_market,
    order_parts,
    first_known_at
from rated
