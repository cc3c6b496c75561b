with landed as (
    select * from {{ raw_relation('tiktok_ads', 'advertisers') }}
),

typed as (
    select
        coalesce({{ clean_text('advertiser_id') }}, {{ clean_text('_account') }}) as advertiser_id,
        {{ clean_text('name') }} as advertiser_name,
        upper({{ clean_text('country') }}) as country,
        upper({{ clean_text('currency') }}) as currency,
        {{ clean_text('display_timezone') }} as time_zone,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_snapshot('tiktok_ads', 'advertisers', 'typed') }}
),

judged as (
    select
        current_rows.*,
        case
            when _reject is not null then 'malformed'
            when advertiser_id is null then 'missing_key'
            when current_rows.currency is null or currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
),

kept as (
    {{ keep_first_of_key('judged', ['advertiser_id']) }}
)

select * from kept
