with landed as (
    select * from {{ raw_relation('amazon_attribution', 'profiles') }}
),

typed as (
    select
        coalesce({{ clean_text('profile_id') }}, {{ clean_text('_account') }}) as profile_id,
        upper({{ clean_text('country_code') }}) as country,
        upper({{ clean_text('currency_code') }}) as currency,
        {{ clean_text('timezone') }} as time_zone,
        {{ clean_text('marketplace_string_id') }} as marketplace_id,
        {{ clean_text('account_name') }} as account_name,
        {{ clean_text('account_id') }} as seller_id,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('amazon_attribution', 'profiles', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when profile_id is null then 'missing_key'
            when current_rows.currency is null or currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
),

kept as (
    {{ keep_first_of_key('judged', ['profile_id']) }}
)

select * from kept
