with landed as (
    select * from {{ raw_relation('amazon_seller', 'search_query_performance') }}
),

typed as (
    select
        coalesce({{ clean_text('marketplace_id') }}, {{ clean_text('_account') }}) as marketplace_id,
        {{ iso_date('start_date') }} as week_start,
        {{ iso_date('end_date') }} as week_end,
        upper({{ clean_text('asin') }}) as asin,
        {{ clean_text('search_query') }} as search_query,
        {{ whole_number('search_query_volume') }} as search_volume,
        {{ whole_number('total_query_impression_count') }} as total_impressions,
        {{ whole_number('asin_impression_count') }} as asin_impressions,
        {{ whole_number('total_click_count') }} as total_clicks,
        {{ whole_number('asin_click_count') }} as asin_clicks,
        {{ whole_number('total_cart_add_count') }} as total_cart_adds,
        {{ whole_number('asin_cart_add_count') }} as asin_cart_adds,
        {{ whole_number('total_purchase_count') }} as total_purchases,
        {{ whole_number('asin_purchase_count') }} as asin_purchases,
        {{ decimal_number('total_median_click_price_amount') }} as total_median_click_price_amount,
        {{ decimal_number('asin_median_click_price_amount') }} as asin_median_click_price_amount,
        {{ decimal_number('total_median_purchase_price_amount') }} as total_median_purchase_price_amount,
        {{ decimal_number('asin_median_purchase_price_amount') }} as asin_median_purchase_price_amount,
        -- A query without clicks on the product has no price, and without any price no currency is needed.
        upper(coalesce(
            {{ clean_text('total_median_click_price_currency_code') }},
            {{ clean_text('asin_median_click_price_currency_code') }},
            {{ clean_text('total_median_purchase_price_currency_code') }},
            {{ clean_text('asin_median_purchase_price_currency_code') }}
        )) as currency,
        (
            {{ is_bad_whole_number('search_query_volume') }}
            or {{ is_bad_whole_number('total_query_impression_count') }}
            or {{ is_bad_whole_number('asin_impression_count') }}
            or {{ is_bad_whole_number('total_click_count') }}
            or {{ is_bad_whole_number('asin_click_count') }}
            or {{ is_bad_whole_number('total_cart_add_count') }}
            or {{ is_bad_whole_number('asin_cart_add_count') }}
            or {{ is_bad_whole_number('total_purchase_count') }}
            or {{ is_bad_whole_number('asin_purchase_count') }}
            or {{ is_bad_decimal('total_median_click_price_amount') }}
            or {{ is_bad_decimal('asin_median_click_price_amount') }}
            or {{ is_bad_decimal('total_median_purchase_price_amount') }}
            or {{ is_bad_decimal('asin_median_purchase_price_amount') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('amazon_seller', 'search_query_performance', 'typed', 'week_start') }}
),

judged as (
    select
        current_rows.*,
        markets.market,
        {{ minor_units('current_rows.total_median_click_price_amount', 'currencies.minor_units_per_unit') }}
            as total_median_click_price_minor,
        {{ minor_units('current_rows.asin_median_click_price_amount', 'currencies.minor_units_per_unit') }}
            as asin_median_click_price_minor,
        {{ minor_units('current_rows.total_median_purchase_price_amount', 'currencies.minor_units_per_unit') }}
            as total_median_purchase_price_minor,
        {{ minor_units('current_rows.asin_median_purchase_price_amount', 'currencies.minor_units_per_unit') }}
            as asin_median_purchase_price_minor,
        case
            when _reject is not null then 'malformed'
            when asin is null or search_query is null then 'missing_key'
            when week_start is null or week_end is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when markets.market is null then 'unknown_market'
            when current_rows.currency is not null and currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join {{ ref('stg_reference__markets') }} as markets
        on markets.marketplace_id = current_rows.marketplace_id
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
),

kept as (
    {{ keep_first_of_key('judged', ['marketplace_id', 'asin', 'search_query', 'week_start']) }}
)

select * from kept
