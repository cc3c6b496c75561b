with landed as (
    select * from {{ raw_relation('reference', 'fx_rates') }}
),

typed as (
    select
        {{ clean_text('rate_date') }} as rate_date_text,
        {{ clean_text('currency') }} as currency_text,
        {{ iso_date('rate_date') }} as rate_date,
        upper({{ clean_text('currency') }}) as currency,
        {{ decimal_number('units_per_eur') }} as units_per_eur,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ versions_of_changes('reference', 'fx_rates', 'typed', ['rate_date_text', 'currency_text']) }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when rate_date_text is null or currency_text is null then 'missing_key'
            when rate_date is null then 'unparseable_date'
            when units_per_eur is null then 'unparseable_number'
            when currencies.currency is null then 'unknown_currency'
            when units_per_eur < 0.00000001 or units_per_eur >= 1000000000 then 'unusable_rate'
        end as broken_rule
    from current_rows
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
    where is_current
),

kept as (
    {{ keep_first_of_key('judged', ['rate_date', 'currency']) }}
)

select * from kept
