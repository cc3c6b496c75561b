with landed as (
    select * from {{ raw_relation('amazon_seller', 'sales_and_traffic') }}
),

typed as (
    select
        coalesce({{ clean_text('marketplace_id') }}, {{ clean_text('_account') }}) as marketplace_id,
        {{ iso_date('date') }} as event_date_source,
        lower({{ clean_text('level') }}) as report_level,
        upper({{ clean_text('parent_asin') }}) as parent_asin,
        upper({{ clean_text('child_asin') }}) as asin,
        upper({{ clean_text('ordered_product_sales_currency_code') }}) as currency,
        {{ decimal_number('ordered_product_sales_amount') }} as ordered_sales_amount,
        {{ decimal_number('shipped_product_sales_amount') }} as shipped_sales_amount,
        {{ whole_number('units_ordered') }} as units_ordered,
        {{ whole_number('total_order_items') }} as order_items,
        {{ whole_number('units_refunded') }} as units_refunded,
        {{ whole_number('units_shipped') }} as units_shipped,
        {{ whole_number('orders_shipped') }} as orders_shipped,
        {{ whole_number('page_views') }} as page_views,
        {{ whole_number('browser_page_views') }} as browser_page_views,
        {{ whole_number('mobile_app_page_views') }} as mobile_app_page_views,
        {{ whole_number('sessions') }} as sessions,
        {{ whole_number('browser_sessions') }} as browser_sessions,
        {{ whole_number('mobile_app_sessions') }} as mobile_app_sessions,
        {{ decimal_number('buy_box_percentage') }} as buy_box_percentage,
        {{ decimal_number('unit_session_percentage') }} as unit_session_percentage,
        (
            {{ is_bad_whole_number('units_ordered') }}
            or {{ is_bad_whole_number('total_order_items') }}
            or {{ is_bad_whole_number('units_refunded') }}
            or {{ is_bad_whole_number('units_shipped') }}
            or {{ is_bad_whole_number('orders_shipped') }}
            or {{ is_bad_whole_number('page_views') }}
            or {{ is_bad_whole_number('browser_page_views') }}
            or {{ is_bad_whole_number('mobile_app_page_views') }}
            or {{ is_bad_whole_number('sessions') }}
            or {{ is_bad_whole_number('browser_sessions') }}
            or {{ is_bad_whole_number('mobile_app_sessions') }}
            or {{ is_bad_decimal('ordered_product_sales_amount') }}
            or {{ is_bad_decimal('shipped_product_sales_amount') }}
            or {{ is_bad_decimal('buy_box_percentage') }}
            or {{ is_bad_decimal('unit_session_percentage') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('amazon_seller', 'sales_and_traffic', 'typed', 'event_date_source') }}
),

judged as (
    select
        current_rows.*,
        markets.market,
        {{ minor_units('current_rows.ordered_sales_amount', 'currencies.minor_units_per_unit') }}
            as ordered_sales_minor,
        {{ minor_units('current_rows.shipped_sales_amount', 'currencies.minor_units_per_unit') }}
            as shipped_sales_minor,
        case
            when _reject is not null then 'malformed'
            when report_level is null or (report_level = 'asin' and asin is null) then 'missing_key'
            when event_date_source is null then 'unparseable_date'
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
    {{ keep_first_of_key('judged', ['marketplace_id', 'event_date_source', 'report_level', 'asin']) }}
)

select * from kept
