-- What the published schedules say, at the rate of the order's date.
-- A bonus (a negative rate) is no fee of a line: see fct_referral_bonus.
with priced as (
    select
        lines.conversion_id,
        lines.currency,
        fees.fee,
        fees.fee_base,
        fees.fee_rate,
        -- Tax on top is stated for the whole sale: what went back takes its share along.
        case
            when fees.fee_base = 'tax_included' and lines.sale_minor > 0
                then lines.net_amount_minor + {{ mul_div_half_even(
                    'coalesce(lines.tax_minor, 0)', 'lines.net_amount_minor', 'lines.sale_minor'
                ) }}
            else lines.net_amount_minor
        end as base_minor,
        row_number() over (
            partition by lines.conversion_id, fees.fee
            order by fees.valid_from desc
        ) as place
    from {{ ref('int_conversions__converted') }} as lines
    join {{ ref('stg_reference__fees') }} as fees
        on fees.market = lines.market
        and fees.platform = lines.platform
        and fees.valid_from <= lines.event_date_market
        and (fees.valid_to is null or lines.event_date_market < fees.valid_to)
    where fees.fee_rate >= 0 and lines.net_amount_minor is not null and lines.conversion_status <> 'cancelled'
)

select
    conversion_id,
    fee,
    fee_base,
    fee_rate,
    base_minor,
    currency,
    cast({{ round_half_even('base_minor * fee_rate') }} as bigint) as estimated_minor
from priced
where place = 1
