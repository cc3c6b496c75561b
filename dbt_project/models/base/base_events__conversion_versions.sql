with landed as (
    select * from {{ raw_relation('events', 'conversions') }}
),

typed as (
    select
        {{ clean_text('conversion_id') }} as conversion_id,
        {{ clean_text('journey_key') }} as journey_key,
        {{ utc_instant('converted_at') }} as converted_at,
        {{ whole_number('net_amount_minor') }} as net_amount_minor,
        upper({{ clean_text('currency') }}) as currency,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('market') }} as market,
        {{ landing_columns() }}
    from landed
),

versions as (
    {{ versions_of_changes('events', 'conversions', 'typed', ['conversion_id']) }}
),

judged as (
    select
        versions.*,
        case
            when _reject is not null then 'malformed'
            when conversion_id is null or journey_key is null then 'missing_key'
            when converted_at is null then 'unparseable_time'
            when net_amount_minor is null then 'amount_not_integer'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from versions
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = versions.currency
),

kept as (
    {{ keep_first_of_key('judged', ['_commit', 'conversion_id']) }}
)

select * from kept
