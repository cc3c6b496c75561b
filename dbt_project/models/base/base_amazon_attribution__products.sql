with landed as (
    select * from {{ raw_relation('amazon_attribution', 'products') }}
),

typed as (
    select
        coalesce({{ clean_text('profile_id') }}, {{ clean_text('_account') }}) as profile_id,
        {{ compact_date('date') }} as event_date_source,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('ad_group_id') }} as ad_group_id,
        {{ clean_text('publisher') }} as publisher,
        upper({{ clean_text('product_asin') }}) as asin,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('product_conversion_type') }} as conversion_type,
        {{ whole_number('attributed_detail_page_views_clicks14d') }} as promoted_detail_page_views,
        {{ whole_number('attributed_add_to_cart_clicks14d') }} as promoted_add_to_carts,
        {{ whole_number('attributed_purchases14d') }} as promoted_orders,
        {{ whole_number('units_sold14d') }} as promoted_units,
        {{ whole_number('brand_halo_detail_page_views_clicks14d') }} as halo_detail_page_views,
        {{ whole_number('brand_halo_attributed_add_to_cart_clicks14d') }} as halo_add_to_carts,
        {{ whole_number('brand_halo_attributed_purchases14d') }} as halo_orders,
        {{ whole_number('brand_halo_units_sold14d') }} as halo_units,
        {{ whole_number('attributed_new_to_brand_purchases14d') }} as promoted_new_to_brand_orders,
        {{ whole_number('brand_halo_new_to_brand_purchases14d') }} as halo_new_to_brand_orders,
        {{ decimal_number('attributed_sales14d') }} as promoted_sales_amount,
        {{ decimal_number('brand_halo_attributed_sales14d') }} as halo_sales_amount,
        (
            {{ is_bad_whole_number('attributed_detail_page_views_clicks14d') }}
            or {{ is_bad_whole_number('attributed_add_to_cart_clicks14d') }}
            or {{ is_bad_whole_number('attributed_purchases14d') }}
            or {{ is_bad_whole_number('units_sold14d') }}
            or {{ is_bad_whole_number('brand_halo_detail_page_views_clicks14d') }}
            or {{ is_bad_whole_number('brand_halo_attributed_add_to_cart_clicks14d') }}
            or {{ is_bad_whole_number('brand_halo_attributed_purchases14d') }}
            or {{ is_bad_whole_number('brand_halo_units_sold14d') }}
            or {{ is_bad_whole_number('attributed_new_to_brand_purchases14d') }}
            or {{ is_bad_whole_number('brand_halo_new_to_brand_purchases14d') }}
            or {{ is_bad_decimal('attributed_sales14d') }}
            or {{ is_bad_decimal('brand_halo_attributed_sales14d') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('amazon_attribution', 'products', 'typed', 'event_date_source') }}
),

accounts as (
    select
        profile_id,
        max(currency) as currency
    from {{ ref('base_amazon_attribution__profiles') }}
    where reject_rule is null or reject_rule = 'unknown_currency'
    group by profile_id
),

judged as (
    select
        current_rows.*,
        account.currency,
        {{ minor_units('current_rows.promoted_sales_amount', 'currencies.minor_units_per_unit') }}
            as promoted_sales_minor,
        {{ minor_units('current_rows.halo_sales_amount', 'currencies.minor_units_per_unit') }} as halo_sales_minor,
        case
            when _reject is not null then 'malformed'
            when current_rows.profile_id is null or campaign_id is null or ad_group_id is null or asin is null
                or conversion_type is null then 'missing_key'
            when event_date_source is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when account.profile_id is null then 'unknown_account'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join accounts as account
        on account.profile_id = current_rows.profile_id
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = account.currency
),

kept as (
    {{ keep_first_of_key(
        'judged', ['profile_id', 'campaign_id', 'ad_group_id', 'asin', 'conversion_type', 'event_date_source']
    ) }}
)

select * from kept
