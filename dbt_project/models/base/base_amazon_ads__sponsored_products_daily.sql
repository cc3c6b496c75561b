with landed as (
    select * from {{ raw_relation('amazon_ads', 'sponsored_products_daily') }}
),

typed as (
    select
        coalesce({{ clean_text('profile_id') }}, {{ clean_text('_account') }}) as profile_id,
        {{ iso_date('date') }} as event_date_source,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ clean_text('ad_group_id') }} as ad_group_id,
        {{ clean_text('ad_group_name') }} as ad_group_name,
        {{ clean_text('ad_id') }} as ad_id,
        upper({{ clean_text('advertised_asin') }}) as asin,
        {{ clean_text('advertised_sku') }} as sku,
        upper({{ clean_text('campaign_budget_currency_code') }}) as row_currency,
        {{ whole_number('impressions') }} as impressions,
        {{ whole_number('clicks') }} as clicks,
        {{ whole_number('purchases14d') }} as claimed_orders_14d,
        {{ whole_number('units_sold_clicks14d') }} as claimed_units_14d,
        {{ whole_number('purchases_same_sku14d') }} as claimed_same_sku_orders_14d,
        {{ whole_number('units_sold_same_sku14d') }} as claimed_same_sku_units_14d,
        {{ whole_number('purchases7d') }} as claimed_orders_7d,
        {{ whole_number('units_sold_clicks7d') }} as claimed_units_7d,
        {{ decimal_number('cost') }} as spend_amount,
        {{ decimal_number('sales14d') }} as claimed_sales_14d_amount,
        {{ decimal_number('attributed_sales_same_sku14d') }} as claimed_same_sku_sales_14d_amount,
        {{ decimal_number('sales7d') }} as claimed_sales_7d_amount,
        (
            {{ is_bad_whole_number('impressions') }}
            or {{ is_bad_whole_number('clicks') }}
            or {{ is_bad_whole_number('purchases14d') }}
            or {{ is_bad_whole_number('units_sold_clicks14d') }}
            or {{ is_bad_whole_number('purchases_same_sku14d') }}
            or {{ is_bad_whole_number('units_sold_same_sku14d') }}
            or {{ is_bad_whole_number('purchases7d') }}
            or {{ is_bad_whole_number('units_sold_clicks7d') }}
            or {{ is_bad_decimal('cost') }}
            or {{ is_bad_decimal('sales14d') }}
            or {{ is_bad_decimal('attributed_sales_same_sku14d') }}
            or {{ is_bad_decimal('sales7d') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('amazon_ads', 'sponsored_products_daily', 'typed', 'event_date_source') }}
),

profiles as (
    select
        profile_id,
        max(currency) as currency
    from {{ ref('base_amazon_attribution__profiles') }}
    where reject_rule is null or reject_rule = 'unknown_currency'
    group by profile_id
),

-- A row names its currency; the profile's is for rows that do not, where the profile is known at all.
priced as (
    select
        current_rows.*,
        coalesce(current_rows.row_currency, profiles.currency) as currency
    from current_rows
    left join profiles
        on profiles.profile_id = current_rows.profile_id
),

judged as (
    select
        priced.*,
        {{ minor_units('priced.spend_amount', 'currencies.minor_units_per_unit') }}
            as spend_minor,
        {{ minor_units('priced.claimed_sales_14d_amount', 'currencies.minor_units_per_unit') }}
            as claimed_sales_14d_minor,
        {{ minor_units('priced.claimed_same_sku_sales_14d_amount', 'currencies.minor_units_per_unit') }}
            as claimed_same_sku_sales_14d_minor,
        {{ minor_units('priced.claimed_sales_7d_amount', 'currencies.minor_units_per_unit') }}
            as claimed_sales_7d_minor,
        case
            when _reject is not null then 'malformed'
            when profile_id is null or campaign_id is null or ad_group_id is null or ad_id is null then 'missing_key'
            when event_date_source is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from priced
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = priced.currency
),

kept as (
    {{ keep_first_of_key(
        'judged', ['profile_id', 'campaign_id', 'ad_group_id', 'ad_id', 'asin', 'event_date_source']
    ) }}
)

select * from kept
