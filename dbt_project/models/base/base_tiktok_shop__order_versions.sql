with landed as (
    select * from {{ raw_relation('tiktok_shop', 'orders') }}
),

typed as (
    select
        coalesce({{ clean_text('shop_id') }}, {{ clean_text('_account') }}) as shop_id,
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('line_item_id') }} as line_item_id,
        lower({{ clean_text('status') }}) as order_status,
        lower({{ clean_text('line_item_display_status') }}) as line_status,
        lower({{ clean_text('order_type') }}) as order_type,
        lower({{ clean_text('commerce_platform') }}) as commerce_platform,
        lower({{ clean_text('is_sample_order') }}) = 'true' as is_sample_order,
        lower({{ clean_text('is_replacement_order') }}) = 'true' as is_replacement_order,
        lower({{ clean_text('is_exchange_order') }}) = 'true' as is_exchange_order,
        lower({{ clean_text('line_item_is_gift') }}) = 'true' as is_gift,
        {{ epoch_instant('create_time') }} as created_at,
        {{ epoch_instant('paid_time') }} as paid_at,
        {{ epoch_instant('collection_time') }} as shipped_at,
        {{ epoch_instant('delivery_time') }} as delivered_at,
        {{ epoch_instant('cancel_time') }} as cancelled_at,
        {{ epoch_instant('update_time') }} as updated_at,
        {{ clean_text('user_id') }} as buyer_id,
        {{ clean_text('line_item_product_id') }} as product_id,
        {{ clean_text('line_item_sku_id') }} as sku_id,
        {{ clean_text('line_item_seller_sku') }} as seller_sku,
        {{ clean_text('line_item_product_name') }} as product_name,
        {{ clean_text('line_item_room_id') }} as live_room_id,
        upper({{ clean_text('recipient_address_region_code') }}) as ship_country,
        {{ clean_text('recipient_address_postal_code') }} as ship_postal_code,
        upper(coalesce({{ clean_text('line_item_currency') }}, {{ clean_text('payment_currency') }})) as currency,
        {{ decimal_number('line_item_original_price') }} as original_price,
        {{ decimal_number('line_item_seller_discount') }} as seller_discount,
        {{ decimal_number('line_item_platform_discount') }} as platform_discount,
        {{ decimal_number('line_item_sale_price') }} as sale_price,
        -- A list of taxes as JSON; the countries whose prices include tax have one.
        {{ decimal_number("regexp_extract(line_item_item_tax, '\"tax_amount\": *\"([0-9.]+)\"', 1)") }} as item_tax,
        {{ decimal_number('payment_total_amount') }} as order_total,
        {{ decimal_number('payment_shipping_fee') }} as order_shipping_fee,
        {{ decimal_number('payment_tax') }} as order_tax,
        (
            {{ is_bad_decimal('line_item_original_price') }}
            or {{ is_bad_decimal('line_item_seller_discount') }}
            or {{ is_bad_decimal('line_item_platform_discount') }}
            or {{ is_bad_decimal('line_item_sale_price') }}
            or {{ is_bad_decimal('payment_total_amount') }}
            or {{ is_bad_decimal('payment_shipping_fee') }}
            or {{ is_bad_decimal('payment_tax') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

versions as (
    {{ versions_of_changes('tiktok_shop', 'orders', 'typed', ['order_id']) }}
),

judged as (
    select
        versions.*,
        {{ minor_units('original_price', 'currencies.minor_units_per_unit') }} as original_price_minor,
        {{ minor_units('seller_discount', 'currencies.minor_units_per_unit') }} as seller_discount_minor,
        {{ minor_units('platform_discount', 'currencies.minor_units_per_unit') }} as platform_discount_minor,
        {{ minor_units('sale_price', 'currencies.minor_units_per_unit') }} as sale_price_minor,
        {{ minor_units('item_tax', 'currencies.minor_units_per_unit') }} as tax_minor,
        {{ minor_units('order_total', 'currencies.minor_units_per_unit') }} as order_total_minor,
        {{ minor_units('order_shipping_fee', 'currencies.minor_units_per_unit') }} as order_shipping_fee_minor,
        {{ minor_units('order_tax', 'currencies.minor_units_per_unit') }} as order_tax_minor,
        case
            when _reject is not null then 'malformed'
            when order_id is null or line_item_id is null then 'missing_key'
            when created_at is null or updated_at is null then 'unparseable_time'
            when has_bad_number then 'unparseable_number'
            when currencies.currency is null then 'unknown_currency'
            when original_price is null or sale_price is null then 'missing_price'
        end as broken_rule
    from versions
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = versions.currency
),

ranked as (
    select
        judged.*,
        case
            when order_status = 'cancelled' or line_status = 'cancelled' then 'cancelled'
            when order_status = 'unpaid' then 'pending'
            else 'confirmed'
        end as conversion_status,
        -- An order that changed while it was read is in one commit twice: the later state counts.
        row_number() over (
            partition by _commit, broken_rule, order_id, line_item_id
            order by {{ released_first() }}, updated_at desc, _row
        ) as place_in_key
    from judged
)

select
    ranked.*,
    coalesce(broken_rule, case when place_in_key > 1 then 'duplicate_key' end) as reject_rule,
    {{ shop_line_id('order_id', 'line_item_id') }} as conversion_id,
    -- The order's own first commit may have been without this line.
    min(known_at) over (partition by order_id, line_item_id, broken_rule) as line_first_known_at,
    case
        when commerce_platform <> 'tiktok_shop' then 'other_shop'
        when is_sample_order then 'sample'
        when is_replacement_order then 'replacement'
        when is_exchange_order then 'exchange'
        else 'own_sale'
    end as order_origin,
    -- TikTok pays the seller what it takes off itself, so only the seller's own discount lowers the revenue;
    -- where the price includes tax, the stated part is taken off.
    case
        when conversion_status = 'cancelled' then 0
        when conversion_status = 'pending' then null
        else original_price_minor - coalesce(seller_discount_minor, 0)
            - case when {{ has_tax_on_top('ship_country') }} then 0 else coalesce(tax_minor, 0) end
    end as net_amount_minor
from ranked
