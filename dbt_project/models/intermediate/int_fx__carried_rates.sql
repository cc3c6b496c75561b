-- A rate serves its own date and, over weekends and holidays, at most the four dates after it.
with offsets as (
    select 0 as days
    union all
    select 1
    union all
    select 2
    union all
    select 3
    union all
    select 4
),

carried as (
    select
        {{ add_days('rates.rate_date', 'offsets.days') }} as rate_date,
        rates.currency,
        offsets.days,
        cast(rates.units_per_eur * 100000000 as bigint) as units_per_eur_e8
    from {{ ref('stg_reference__fx_rates') }} as rates
    cross join offsets
    where rates.currency <> 'EUR'
),

newest as (
    select
        rate_date,
        currency,
        min(days) as days
    from carried
    group by rate_date, currency
)

select
    carried.rate_date,
    carried.currency,
    carried.units_per_eur_e8
from carried
join newest
    on newest.rate_date = carried.rate_date
    and newest.currency = carried.currency
    and newest.days = carried.days
