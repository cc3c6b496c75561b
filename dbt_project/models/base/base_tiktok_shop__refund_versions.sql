with landed as (
    select * from {{ raw_relation('tiktok_shop', 'refunds') }}
),

typed as (
    select
        coalesce({{ clean_text('shop_id') }}, {{ clean_text('_account') }}) as shop_id,
        {{ clean_text('return_id') }} as return_id,
        {{ clean_text('return_line_item_id') }} as return_line_item_id,
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('order_line_item_id') }} as line_item_id,
        lower({{ clean_text('return_type') }}) as return_type,
        lower({{ clean_text('return_status') }}) as return_status,
        lower({{ clean_text('return_reason') }}) as return_reason,
        {{ epoch_instant('create_time') }} as created_at,
        {{ epoch_instant('update_time') }} as updated_at,
        {{ clean_text('line_item_sku_id') }} as sku_id,
        {{ clean_text('line_item_seller_sku') }} as seller_sku,
        upper({{ clean_text('line_item_refund_amount_currency') }}) as currency,
        {{ decimal_number('line_item_refund_amount_refund_total') }} as refund,
        {{ decimal_number('line_item_refund_amount_refund_subtotal') }} as refund_subtotal,
        {{ decimal_number('line_item_refund_amount_refund_tax') }} as refund_tax,
        {{ decimal_number('line_item_refund_amount_refund_shipping_fee') }} as refund_shipping_fee,
        {{ decimal_number('refund_amount_refund_total') }} as return_refund,
        (
            {{ is_bad_decimal('line_item_refund_amount_refund_total') }}
            or {{ is_bad_decimal('line_item_refund_amount_refund_subtotal') }}
            or {{ is_bad_decimal('line_item_refund_amount_refund_tax') }}
            or {{ is_bad_decimal('line_item_refund_amount_refund_shipping_fee') }}
            or {{ is_bad_decimal('refund_amount_refund_total') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

versions as (
    {{ versions_of_changes('tiktok_shop', 'refunds', 'typed', ['return_id']) }}
),

judged as (
    select
        versions.*,
        {{ minor_units('refund', 'currencies.minor_units_per_unit') }} as refund_minor,
        {{ minor_units('refund_subtotal', 'currencies.minor_units_per_unit') }} as refund_subtotal_minor,
        {{ minor_units('refund_tax', 'currencies.minor_units_per_unit') }} as refund_tax_minor,
        {{ minor_units('refund_shipping_fee', 'currencies.minor_units_per_unit') }} as refund_shipping_fee_minor,
        {{ minor_units('return_refund', 'currencies.minor_units_per_unit') }} as return_refund_minor,
        case
            when _reject is not null then 'malformed'
            when return_id is null or return_line_item_id is null or order_id is null or line_item_id is null
                then 'missing_key'
            when created_at is null or updated_at is null then 'unparseable_time'
            when has_bad_number then 'unparseable_number'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from versions
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = versions.currency
),

ranked as (
    select
        judged.*,
        -- A return that changed while it was read is in one commit twice: the later state counts.
        row_number() over (
            partition by _commit, broken_rule, return_id, return_line_item_id
            order by {{ released_first() }}, updated_at desc, _row
        ) as place_in_key
    from judged
)

select
    ranked.*,
    case
        when broken_rule is not null then broken_rule
        when place_in_key > 1 then 'duplicate_key'
    end as reject_rule
from ranked
