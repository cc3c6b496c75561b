with landed as (
    select * from {{ raw_relation('tiktok_shop', 'affiliate_orders') }}
),

typed as (
    select
        coalesce({{ clean_text('shop_id') }}, {{ clean_text('_account') }}) as shop_id,
        {{ clean_text('order_id') }} as order_id,
        {{ iso_date('create_date') }} as event_date_source,
        {{ epoch_instant('create_time') }} as created_at,
        {{ epoch_instant('delivery_time') }} as delivered_at,
        lower({{ clean_text('status') }}) as order_status,
        {{ clean_text('sku_id') }} as sku_id,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('creator_username') }} as creator_username,
        lower({{ clean_text('content_type') }}) as content_type,
        {{ clean_text('content_id') }} as content_id,
        {{ whole_number('quantity') }} as quantity,
        {{ whole_number('refunded_quantity') }} as refunded_quantity,
        upper({{ clean_text('price_currency') }}) as currency,
        {{ decimal_number('price_amount') }} as price,
        {{ decimal_number('commission_rate') }} as commission_rate,
        {{ decimal_number('estimated_commission_base_amount') }} as estimated_base,
        {{ decimal_number('estimated_paid_commission_amount') }} as estimated_commission,
        {{ decimal_number('actual_commission_base_amount') }} as actual_base,
        {{ decimal_number('actual_paid_commission_amount') }} as actual_commission,
        lower({{ clean_text('commission_model') }}) as commission_model,
        lower({{ clean_text('settlement_status') }}) as settlement_status,
        coalesce({{ clean_text('open_collaboration_id') }}, {{ clean_text('target_collaboration_id') }})
            as collaboration_id,
        (
            {{ is_bad_whole_number('quantity') }}
            or {{ is_bad_whole_number('refunded_quantity') }}
            or {{ is_bad_decimal('price_amount') }}
            or {{ is_bad_decimal('commission_rate') }}
            or {{ is_bad_decimal('estimated_commission_base_amount') }}
            or {{ is_bad_decimal('estimated_paid_commission_amount') }}
            or {{ is_bad_decimal('actual_commission_base_amount') }}
            or {{ is_bad_decimal('actual_paid_commission_amount') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('tiktok_shop', 'affiliate_orders', 'typed', 'event_date_source') }}
),

judged as (
    select
        current_rows.*,
        {{ minor_units('price', 'currencies.minor_units_per_unit') }} as price_minor,
        {{ minor_units('estimated_base', 'currencies.minor_units_per_unit') }} as estimated_base_minor,
        {{ minor_units('estimated_commission', 'currencies.minor_units_per_unit') }} as estimated_commission_minor,
        {{ minor_units('actual_base', 'currencies.minor_units_per_unit') }} as actual_base_minor,
        {{ minor_units('actual_commission', 'currencies.minor_units_per_unit') }} as actual_commission_minor,
        case
            when _reject is not null then 'malformed'
            when order_id is null or sku_id is null or creator_username is null then 'missing_key'
            when event_date_source is null or created_at is null then 'unparseable_time'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule,
        -- An order may hold two lines of one product; the extraction has seen to it that no order came twice.
        row_number() over (
            partition by current_rows._commit, order_id, sku_id, creator_username, content_id
            order by current_rows._row
        ) as line_ordinal
    from current_rows
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = current_rows.currency
),

kept as (
    {{ keep_first_of_key('judged', ['order_id', 'sku_id', 'creator_username', 'content_id', 'line_ordinal']) }}
)

select * from kept
