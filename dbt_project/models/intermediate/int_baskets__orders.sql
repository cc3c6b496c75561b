-- What an order was worth when placed, in euros at the rate of its date, so that bands mean the same in every market.
-- Platforms write nothing or zero into what was cancelled: a cancelled order is of no known worth.
with lines as (
    select
        lines.platform,
        lines.order_id,
        lines.market,
        sum(case
            when lines.currency = 'EUR' then lines.sale_minor
            else {{ mul_div_half_even(
                'lines.sale_minor',
                'cast(100000000 as ' ~ wide_integer() ~ ') * 100',
                '(cast(rates.units_per_eur_e8 as ' ~ wide_integer() ~ ') * currencies.minor_units_per_unit)'
            ) }}
        end) as basket_eur_minor,
        count(*) - count(case when lines.currency = 'EUR' then 0 else rates.units_per_eur_e8 end) as unrated_lines,
        count(case when lines.conversion_status <> 'cancelled' then lines.sale_minor end) as priced_lines
    from {{ ref('int_conversions__converted') }} as lines
    left join {{ ref('int_fx__carried_rates') }} as rates
        on rates.rate_date = lines.event_date_market
        and rates.currency = lines.currency
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = lines.currency
    group by lines.platform, lines.order_id, lines.market
)

select
    platform,
    order_id,
    market,
    cast(case when unrated_lines = 0 and priced_lines > 0 then basket_eur_minor end as bigint) as basket_eur_minor,
    case
        when unrated_lines > 0 or priced_lines = 0 then 'unknown'
        when basket_eur_minor <= 1500 then '000-015'
        when basket_eur_minor <= 3000 then '015-030'
        when basket_eur_minor <= 6000 then '030-060'
        when basket_eur_minor <= 12000 then '060-120'
        else '120-'
    end as basket_band
from lines
