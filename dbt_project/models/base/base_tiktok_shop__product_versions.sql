{{ config(materialized='view') }}

with landed as (
    select * from {{ raw_relation('tiktok_shop', 'products') }}
),

typed as (
    select
        coalesce({{ clean_text('shop_id') }}, {{ clean_text('_account') }}) as shop_id,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('sku_id') }} as sku_id,
        {{ clean_text('sku_seller_sku') }} as seller_sku,
        {{ clean_text('title') }} as product_name,
        lower({{ clean_text('status') }}) as product_status,
        lower({{ clean_text('sku_status_info_status') }}) as sku_status,
        lower({{ clean_text('is_not_for_sale') }}) = 'true' as is_not_for_sale,
        {{ epoch_instant('create_time') }} as created_at,
        {{ epoch_instant('update_time') }} as updated_at,
        upper({{ clean_text('sku_price_currency') }}) as currency,
        {{ decimal_number('sku_price_sale_price') }} as price,
        {{ is_bad_decimal('sku_price_sale_price') }} as has_bad_number,
        {{ landing_columns() }}
    from landed
)

select
    typed.*,
    {{ minor_units('price', 'currencies.minor_units_per_unit') }} as price_minor,
    case
        when _reject is not null then 'malformed'
        when product_id is null or sku_id is null then 'missing_key'
        when has_bad_number then 'unparseable_number'
        when price is not null and currencies.currency is null then 'unknown_currency'
    end as broken_rule
from typed
left join {{ ref('currencies') }} as currencies
    on currencies.currency = typed.currency
