with landed as (
    select * from {{ raw_relation('amazon_seller', 'order_metrics_hourly') }}
),

typed as (
    select
        coalesce({{ clean_text('marketplace_id') }}, {{ clean_text('_account') }}) as marketplace_id,
        lower({{ clean_text('level') }}) as report_level,
        upper({{ clean_text('asin') }}) as asin,
        -- Two times of the marketplace's clock with their offsets, joined by two hyphens.
        {{ iso_date('substr(trim(interval), 1, 10)') }} as event_date_source,
        {{ utc_instant("split_part(interval, '--', 1)") }} as hour_started_at,
        {{ utc_instant("split_part(interval, '--', 2)") }} as hour_ended_at,
        {{ whole_number('substr(trim(interval), 12, 2)') }} as hour_of_day,
        {{ whole_number('unit_count') }} as units,
        {{ whole_number('order_item_count') }} as order_items,
        {{ whole_number('order_count') }} as orders,
        {{ decimal_number('total_sales_amount') }} as sales_amount,
        upper({{ clean_text('total_sales_currency_code') }}) as currency,
        (
            {{ is_bad_whole_number('unit_count') }}
            or {{ is_bad_whole_number('order_item_count') }}
            or {{ is_bad_whole_number('order_count') }}
            or {{ is_bad_decimal('total_sales_amount') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('amazon_seller', 'order_metrics_hourly', 'typed', 'event_date_source') }}
),

judged as (
    select
        current_rows.*,
        markets.market,
        {{ minor_units('current_rows.sales_amount', 'currencies.minor_units_per_unit') }} as sales_minor,
        case
            when _reject is not null then 'malformed'
            when report_level is null or (report_level = 'asin' and asin is null) then 'missing_key'
            when event_date_source is null or hour_started_at is null or hour_ended_at is null then 'unparseable_time'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when markets.market is null then 'unknown_market'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join {{ ref('stg_reference__markets') }} as markets
        on markets.marketplace_id = current_rows.marketplace_id
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
),

kept as (
    {{ keep_first_of_key('judged', ['marketplace_id', 'report_level', 'asin', 'hour_started_at']) }}
)

select * from kept
